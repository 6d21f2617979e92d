import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Container, ContainerStatus, Pod, PodStatus } from '../types.ts'
import { podSummary } from './pod-status.ts'

interface Recorded {
  fault: string
  ready: string
  status: string
  restarts: string
  podStatus: PodStatus
}

const recorded: Recorded[] = JSON.parse(readFileSync(new URL('../golden/pod-statuses.json', import.meta.url), 'utf8'))
const nowMs = Date.parse('2026-11-23T03:00:00Z')

function summary({ containers = ['c'], init = [], status, deleted = false }: Partial<Given>) {
  const pod = {
    metadata: deleted ? { deletionTimestamp: '2026-11-23T02:59:00Z' } : {},
    spec: {
      containers: containers.map((name) => ({ name })),
      initContainers: init,
    },
    status,
  } as unknown as Pod
  const { ready, total, status: word, restarts } = podSummary(pod, nowMs)
  return `${ready}/${total} ${word} ${restarts}`
}

interface Given {
  containers: string[]
  init: Partial<Container>[]
  status: Partial<PodStatus>
  deleted: boolean
}

const running = (name: string, more: Partial<ContainerStatus> = {}) =>
  ({ name, ready: true, started: true, restartCount: 0, state: { running: {} }, ...more }) as ContainerStatus
const waiting = (name: string, reason: string) =>
  ({ name, ready: false, restartCount: 0, state: { waiting: { reason } } }) as ContainerStatus
const ended = (name: string, exitCode: number, more: object = {}) =>
  ({ name, ready: false, restartCount: 0, state: { terminated: { exitCode, ...more } } }) as ContainerStatus
const initialized = { type: 'Initialized', status: 'True' } as NonNullable<PodStatus['conditions']>[number]

test.each(recorded.map((pod) => [pod.fault, pod.status, pod] as const))(
  'a pod of the fault %s is %s, as on a real cluster',
  (_, __, { ready, status, restarts, podStatus }) => {
    const pod = { metadata: {}, spec: { containers: [{ name: 'c' }] }, status: podStatus } as unknown as Pod
    const found = podSummary(pod, nowMs)
    expect({ ready: `${found.ready}/${found.total}`, status: found.status }).toEqual({ ready, status })
    expect(found.restarts.split(' ')[0]).toBe(restarts)
  },
)

describe('a pod with init containers', () => {
  const init = [{ name: 'one' }, { name: 'two' }]

  test.each([
    [[waiting('one', 'PodInitializing'), waiting('two', 'PodInitializing')], '0/1 Init:0/2 0'],
    [[running('one'), waiting('two', 'PodInitializing')], '0/1 Init:0/2 0'],
    [[ended('one', 0, { reason: 'Completed' }), running('two')], '0/1 Init:1/2 0'],
    [[ended('one', 1, { reason: 'Error' })], '0/1 Init:Error 0'],
    [[ended('one', 3)], '0/1 Init:ExitCode:3 0'],
    [[ended('one', 137, { signal: 9 })], '0/1 Init:Signal:9 0'],
    [[{ ...waiting('one', 'CrashLoopBackOff'), restartCount: 2 }], '0/1 Init:CrashLoopBackOff 2'],
    [[waiting('one', 'ImagePullBackOff')], '0/1 Init:ImagePullBackOff 0'],
  ])('in the state %o is %s', (initContainerStatuses, expected) => {
    const status = { phase: 'Pending', initContainerStatuses, containerStatuses: [waiting('c', 'PodInitializing')] }
    expect(summary({ init, status })).toBe(expected)
  })

  test('counts a sidecar among its containers, and only the restarts of containers that go on', () => {
    const init = [{ name: 'side', restartPolicy: 'Always' }, { name: 'one' }]
    const status = {
      phase: 'Running',
      conditions: [initialized],
      initContainerStatuses: [
        running('side', { restartCount: 1 }),
        { ...ended('one', 0, { reason: 'Completed' }), restartCount: 4 },
      ],
      containerStatuses: [running('c', { restartCount: 2 })],
    }
    expect(summary({ init, status })).toBe('2/2 Running 3')
  })
})

describe('a pod', () => {
  test.each([
    ['waits for a node', { status: { phase: 'Pending' } }, '0/1 Pending 0'],
    [
      'is held back by a gate',
      {
        status: {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
        },
      },
      '0/1 SchedulingGated 0',
    ],
    ['was evicted', { status: { phase: 'Failed', reason: 'Evicted' } }, '0/1 Evicted 0'],
    [
      'goes away',
      { deleted: true, status: { phase: 'Running', containerStatuses: [running('c')] } },
      '1/1 Terminating 0',
    ],
    [
      'is gone with its node',
      { deleted: true, status: { phase: 'Running', reason: 'NodeLost', containerStatuses: [running('c')] } },
      '1/1 Unknown 0',
    ],
    [
      'has ended before it was deleted',
      { deleted: true, status: { phase: 'Succeeded', containerStatuses: [ended('c', 0, { reason: 'Completed' })] } },
      '0/1 Completed 0',
    ],
    [
      'has one container that ended and one that goes on',
      {
        containers: ['a', 'b'],
        status: { phase: 'Running', containerStatuses: [ended('a', 0, { reason: 'Completed' }), running('b')] },
      },
      '1/2 NotReady 0',
    ],
    [
      'restarted some time ago',
      {
        status: {
          phase: 'Running',
          containerStatuses: [
            running('c', {
              restartCount: 3,
              lastState: { terminated: { exitCode: 1, finishedAt: '2026-11-23T02:55:00Z' } },
            }),
          ],
        },
      },
      '1/1 Running 3 (5m ago)',
    ],
  ] as [string, Partial<Given>, string][])('that %s reads so', (_, given, expected) => {
    expect(summary(given)).toBe(expected)
  })
})

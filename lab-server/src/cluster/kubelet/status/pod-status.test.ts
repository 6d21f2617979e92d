import { describe, expect, it } from 'vitest'
import type { Pod, PodSpec } from '../../objects/types.ts'
import { type ContainerRecord, newContainerRecord, type Termination } from '../container-state.ts'
import { podContainers } from '../pod-containers.ts'
import { podPhase } from './pod-phase.ts'
import { podStatus, qosClass } from './pod-status.ts'

const nowMs = Date.UTC(2026, 10, 23, 2, 25, 30)
const end = (exitCode: number, change: Partial<Termination> = {}): Termination => ({
  containerId: 'containerd://e1',
  exitCode,
  reason: exitCode === 0 ? 'Completed' : 'Error',
  startedAtMs: nowMs,
  finishedAtMs: nowMs,
  ...change,
})
const base: ContainerRecord = { ...newContainerRecord('ContainerCreating'), instances: 1, instancesHere: 1 }
const record = {
  new: newContainerRecord('ContainerCreating'),
  runs: { ...base, phase: { kind: 'running', startedAtMs: nowMs }, started: true, ready: true },
  done: { ...base, phase: { kind: 'terminated', ...end(0) } },
  failed: { ...base, phase: { kind: 'terminated', ...end(1) } },
  crash: { ...base, phase: { kind: 'waiting', reason: 'CrashLoopBackOff' }, last: end(1) },
} satisfies Record<string, ContainerRecord>
type State = keyof typeof record

const pod = (spec: Partial<PodSpec>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', generation: 1 },
  spec: { containers: [], ...spec },
})
const named = (...names: string[]) => names.map((name) => ({ name, image: 'busybox:1.36' }))

describe('podPhase', () => {
  const cases: [string, State[], State[], string, boolean, string][] = [
    ['nothing started', [], ['new'], 'Always', false, 'Pending'],
    ['one of two runs, the other was never created', [], ['runs', 'new'], 'Always', false, 'Pending'],
    ['all run', [], ['runs', 'runs'], 'Always', false, 'Running'],
    ['one runs, one crashes', [], ['runs', 'crash'], 'Always', false, 'Running'],
    ['all crash under Always', [], ['crash'], 'Always', false, 'Running'],
    ['success under Always', [], ['done'], 'Always', false, 'Running'],
    ['success under OnFailure', [], ['done'], 'OnFailure', false, 'Succeeded'],
    ['failure under OnFailure', [], ['failed'], 'OnFailure', false, 'Running'],
    ['failure under Never', [], ['done', 'failed'], 'Never', false, 'Failed'],
    ['init runs', ['runs'], ['new'], 'Always', false, 'Pending'],
    ['init crashes', ['crash'], ['new'], 'Always', false, 'Pending'],
    ['init failed under Never', ['failed'], ['new'], 'Never', false, 'Failed'],
    ['init done', ['done'], ['runs'], 'Always', false, 'Running'],
    ['ended by a deletion', [], ['done'], 'Always', true, 'Succeeded'],
    ['ended by a deletion, killed', [], ['failed'], 'Always', true, 'Failed'],
    ['deleted before it ran', [], ['new'], 'Always', true, 'Failed'],
  ]
  it.each(cases)('%s', (_what, inits, mains, restartPolicy, isOver, expected) => {
    const initNames = inits.map((_, index) => `i${index}`)
    const mainNames = mains.map((_, index) => `m${index}`)
    const containers = podContainers(
      pod({ restartPolicy, initContainers: named(...initNames), containers: named(...mainNames) }),
    )
    const states = new Map<string, ContainerRecord>()
    for (const [index, state] of inits.entries()) states.set(`i${index}`, record[state])
    for (const [index, state] of mains.entries()) states.set(`m${index}`, record[state])
    const recordOf = (name: string) => states.get(name) ?? record.new
    expect(podPhase(containers, recordOf, { isOver, restartPolicy })).toBe(expected)
  })
})

describe('podStatus', () => {
  it('is what a real kubelet wrote of a command that was not found', () => {
    const message =
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "gunicornn": executable file not found in $PATH: unknown'
    const image = 'docker.io/reddydodda/taskmaster-backend:1.0'
    const resources = { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '200m', memory: '256Mi' } }
    const backOff = 'back-off 40s restarting failed container=backend pod=backend-786b59bbc7-4c5s4_taskmaster(b118)'
    const crashing: ContainerRecord = {
      ...base,
      phase: { kind: 'waiting', reason: 'CrashLoopBackOff', message: backOff },
      last: end(128, { reason: 'StartError', message, startedAtMs: 0 }),
      containerId: 'containerd://e1',
      imageName: image,
      imageId: 'sha256:a6',
      restartCount: 3,
    }
    const time = '2026-11-23T02:24:51Z'
    const kept = ['PodReadyToStartContainers', 'Initialized', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: time,
    }))
    const mount = {
      name: 'kube-api-access-4g7l6',
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      readOnly: true,
    }
    const backend = pod({ containers: [{ name: 'backend', image, resources, volumeMounts: [mount] }] })
    const status = podStatus({
      pod: { ...backend, status: { conditions: kept } },
      recordOf: () => crashing,
      hostIp: '10.99.0.1',
      podIp: '10.42.0.101',
      hasSandbox: true,
      startTimeMs: Date.parse(time),
      isOver: false,
      nowMs: Date.parse(time),
    })

    const unready = {
      message: 'containers with unready status: [backend]',
      reason: 'ContainersNotReady',
      status: 'False',
    }
    const condition = (type: string, verdict: object) => ({
      lastProbeTime: null,
      lastTransitionTime: time,
      observedGeneration: 1,
      ...verdict,
      type,
    })
    expect(status).toEqual({
      allocatedResources: { cpu: '200m', memory: '256Mi' },
      conditions: [
        condition('PodReadyToStartContainers', { status: 'True' }),
        condition('Initialized', { status: 'True' }),
        condition('Ready', unready),
        condition('ContainersReady', unready),
        condition('PodScheduled', { status: 'True' }),
      ],
      containerStatuses: [
        {
          allocatedResources: { cpu: '200m', memory: '256Mi' },
          containerID: 'containerd://e1',
          image,
          imageID: 'sha256:a6',
          lastState: {
            terminated: {
              containerID: 'containerd://e1',
              exitCode: 128,
              finishedAt: '2026-11-23T02:25:30Z',
              message,
              reason: 'StartError',
              startedAt: '1970-01-01T00:00:00Z',
            },
          },
          name: 'backend',
          ready: false,
          resources,
          restartCount: 3,
          started: false,
          state: { waiting: { message: backOff, reason: 'CrashLoopBackOff' } },
          volumeMounts: [{ ...mount, recursiveReadOnly: 'Disabled' }],
        },
      ],
      hostIP: '10.99.0.1',
      hostIPs: [{ ip: '10.99.0.1' }],
      observedGeneration: 1,
      phase: 'Running',
      podIP: '10.42.0.101',
      podIPs: [{ ip: '10.42.0.101' }],
      qosClass: 'Burstable',
      resources,
      startTime: time,
    })
  })

  it('keeps the conditions of others, and waits for readiness gates', () => {
    const gate = { type: 'example.org/gate', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }
    const gated = pod({ containers: named('c'), readinessGates: [{ conditionType: 'example.org/gate' }] })
    const { conditions } = podStatus({
      pod: { ...gated, status: { conditions: [gate] } },
      recordOf: () => record.runs,
      hostIp: '10.99.0.1',
      hasSandbox: true,
      startTimeMs: nowMs,
      isOver: false,
      nowMs,
    })
    expect(conditions?.[0]).toEqual(gate)
    expect(conditions?.find(({ type }) => type === 'ContainersReady')?.status).toBe('True')
    expect(conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
      message: 'the status of pod readiness gate "example.org/gate" is not "True", but False',
    })
  })
})

describe('qosClass', () => {
  const cases: [string, object, string][] = [
    ['nothing asked for', {}, 'BestEffort'],
    ['requests only', { requests: { cpu: '1' } }, 'Burstable'],
    ['limits only', { limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
    ['a memory limit only', { limits: { memory: '1Gi' } }, 'Burstable'],
    [
      'equal amounts, written differently',
      { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } },
      'Guaranteed',
    ],
  ]
  it.each(cases)('%s', (_what, resources, expected) => {
    expect(qosClass(pod({ containers: [{ name: 'c', resources }] }))).toBe(expected)
  })
})

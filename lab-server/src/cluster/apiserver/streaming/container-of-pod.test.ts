import { describe, expect, it } from 'vitest'
import type { ContainerState, Pod } from '../../objects/types.ts'
import { chooseContainer, requireHost, whyNoLogs } from './container-of-pod.ts'

function podWith(containers: string[], initContainers: string[] = []): Pod {
  const named = (names: string[]) => names.map((name) => ({ name }))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: named(containers), initContainers: named(initContainers) },
  }
}

describe('chooseContainer', () => {
  it('takes the only container, or the one named, init containers included', () => {
    expect(chooseContainer(podWith(['a'], ['setup']), '')).toBe('a')
    expect(chooseContainer(podWith(['a', 'b'], ['setup']), 'setup')).toBe('setup')
  })

  it('names the choices when there are several', () => {
    expect(() => chooseContainer(podWith(['a', 'b']), '')).toThrow(
      'a container name must be specified for pod web, choose one of: [a b]',
    )
    expect(() => chooseContainer(podWith(['a', 'b'], ['setup']), '')).toThrow(
      'a container name must be specified for pod web, choose one of: [a b] or one of the init containers: [setup]',
    )
  })

  it('refuses a container that the pod does not have', () => {
    expect(() => chooseContainer(podWith(['a']), 'nosuch')).toThrow('container nosuch is not valid for pod web')
  })

  it('refuses a command in a pod without a node', () => {
    expect(() => requireHost(podWith(['a']))).toThrow('pod web does not have a host assigned')
  })
})

describe('whyNoLogs', () => {
  const ended = { containerID: 'containerd://1', exitCode: 1 }
  const cases: [what: string, state: ContainerState, last: ContainerState, previous: boolean, answer?: string][] = [
    ['a running container', { running: {} }, {}, false],
    ['an ended container', { terminated: ended }, {}, false],
    ['a container in its back-off', { waiting: { reason: 'CrashLoopBackOff' } }, { terminated: ended }, false],
    ['the previous instance', { running: {} }, { terminated: ended }, true],
    [
      'a container without its configuration',
      { waiting: { reason: 'CreateContainerConfigError' } },
      {},
      false,
      'container "a" in pod "web" is waiting to start: CreateContainerConfigError',
    ],
    [
      'an image that cannot be pulled',
      { waiting: { reason: 'ErrImagePull' } },
      {},
      false,
      'container "a" in pod "web" is waiting to start: image can\'t be pulled',
    ],
    [
      'an image that is pulled in vain',
      { waiting: { reason: 'ImagePullBackOff' } },
      {},
      false,
      'container "a" in pod "web" is waiting to start: trying and failing to pull image',
    ],
    [
      'a previous instance that never was',
      { running: {} },
      {},
      true,
      'previous terminated container "a" in pod "web" not found',
    ],
    [
      'one that ended without a trace',
      { terminated: { exitCode: 1 } },
      {},
      false,
      'container "a" in pod "web" is terminated',
    ],
  ]
  it.each(cases)('judges %s', (_, state, lastState, previous, answer) => {
    const status = { name: 'a', image: '', imageID: '', ready: false, restartCount: 0, state, lastState }
    const pod = { ...podWith(['a']), status: { containerStatuses: [status] } }
    expect(whyNoLogs(pod, 'a', previous)).toBe(answer)
  })

  it('finds no logs of a container without a status', () => {
    expect(whyNoLogs(podWith(['a']), 'a', false)).toBe('container "a" in pod "web" is not available')
  })
})

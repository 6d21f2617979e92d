import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeNode, startFakeNode } from './testing/fake-node.ts'

let node: FakeNode
beforeEach(async () => {
  node = await startFakeNode()
})
afterEach(async () => {
  await node.stop()
  expect(node.errors).toEqual([])
})

const sleeper = { name: 'c', image: 'busybox:1.36', command: ['sleep', '10000'] }

describe('a pod that works', () => {
  it('runs, gets an address and is ready', async () => {
    node.addPod({ containers: [sleeper] })
    await node.pass(1)

    const { status } = node.pod()
    expect(status?.phase).toBe('Running')
    expect(status?.podIP).toBe('10.42.0.2')
    expect(status?.conditions?.map(({ type, status }) => [type, status])).toEqual([
      ['PodReadyToStartContainers', 'True'],
      ['Initialized', 'True'],
      ['Ready', 'True'],
      ['ContainersReady', 'True'],
      ['PodScheduled', 'True'],
    ])
    expect(node.container('c')).toMatchObject({
      image: 'docker.io/library/busybox:1.36',
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
      lastState: {},
    })
  })

  it('says so in events as upstream words them', async () => {
    node.addPod({ containers: [sleeper] })
    await node.pass(1)
    expect(node.story()).toEqual([
      'Pulled: Container image "busybox:1.36" already present on machine and can be accessed by the pod',
      'Created: Container created',
      'Started: Container started',
    ])
    expect(node.events.find(({ object }) => object === 'web')).toMatchObject({
      component: 'kubelet',
      host: 'node-1',
      fieldPath: 'spec.containers{c}',
    })
  })

  it('registers its node with a lease', async () => {
    expect(node.client.get('Node', { name: 'node-1' }).status?.nodeInfo?.kubeletVersion).toBe('v1.36.2')
    await node.pass(11)
    const lease = node.client.get('Lease', { namespace: 'kube-node-lease', name: 'node-1' })
    expect(lease.spec).toMatchObject({ holderIdentity: 'node-1', renewTime: '2026-01-01T00:00:10.000000Z' })
  })
})

describe('a pod that crashes', () => {
  it('restarts at once, then after 10, 20 and 40 seconds, and shows how it ended meanwhile', async () => {
    node.runtime.scripts.set('c', { exitAfterMs: 0, exitCode: 1 })
    const pod = node.addPod({ containers: [sleeper] })
    await node.pass(75)

    const begunMs = node.runtime.containers[0]?.startedAtMs ?? 0
    const afterSeconds = node.runtime.containers.map(({ startedAtMs }) => Math.round((startedAtMs - begunMs) / 1000))
    expect(afterSeconds).toEqual([0, 0, 10, 30, 70])
    expect(node.container('c')).toMatchObject({
      restartCount: 4,
      state: { terminated: { exitCode: 1, reason: 'Error' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    })
    expect(node.pod().status?.phase).toBe('Running')
    const backOff = `BackOff: Back-off restarting failed container c in pod web_shop(${pod.metadata.uid})`
    expect(node.story().filter((line) => line === backOff)).toHaveLength(4)
  })

  it('shows CrashLoopBackOff once its probes make the kubelet look again', async () => {
    node.runtime.scripts.set('c', { exitAfterMs: 0, exitCode: 1 })
    const probe = { exec: { command: ['true'] } }
    const pod = node.addPod({ containers: [{ ...sleeper, livenessProbe: probe, readinessProbe: probe }] })
    await node.pass(5)
    expect(node.container('c')).toMatchObject({
      restartCount: 1,
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off 10s restarting failed container=c pod=web_shop(${pod.metadata.uid})`,
        },
      },
    })
    const backOff = `BackOff: Back-off restarting failed container c in pod web_shop(${pod.metadata.uid})`
    expect(node.story().filter((line) => line === backOff)).toHaveLength(4)
  })

  it('restarts up to half of the wait too late, as upstream spreads its looks', async () => {
    await node.stop()
    node = await startFakeNode({ kubelet: { random: () => 1 } })
    node.runtime.scripts.set('c', { exitAfterMs: 0, exitCode: 1 })
    node.addPod({ containers: [sleeper] })
    await node.pass(50)
    const begunMs = node.runtime.containers[0]?.startedAtMs ?? 0
    const afterSeconds = node.runtime.containers.map(({ startedAtMs }) => Math.round((startedAtMs - begunMs) / 1000))
    expect(afterSeconds).toEqual([0, 0, 15, 45])
  })

  it('forgets its back-off after ten minutes without a crash', async () => {
    node.runtime.scripts.set('c', { exitAfterMs: 0, exitCode: 1 })
    node.addPod({ containers: [sleeper] })
    await node.pass(5)
    node.runtime.scripts.set('c', { exitAfterMs: 601_000, exitCode: 1 })
    await node.pass(625)
    expect(node.runtime.containers).toHaveLength(4)
    const [, , third, fourth] = node.runtime.containers.map(({ startedAtMs }) => startedAtMs)
    expect(((fourth ?? 0) - (third ?? 0)) / 1000).toBeLessThan(605)
  })

  it('shows why a command could not be started', async () => {
    const message = 'failed to create containerd task: exec: "gunicornn": executable file not found in $PATH: unknown'
    node.runtime.scripts.set('c', { startError: message })
    node.addPod({ containers: [sleeper] })
    await node.pass(5)
    expect(node.container('c')).toMatchObject({
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 128, reason: 'StartError', message, startedAt: '1970-01-01T00:00:00Z' } },
    })
    expect(node.story()).toContain(`Failed: Error: ${message}`)
  })

  it('says that memory was the reason', async () => {
    node.runtime.scripts.set('c', { exitAfterMs: 0, exitCode: 137, oomKilled: true })
    node.addPod({ containers: [sleeper] })
    await node.pass(5)
    expect(node.container('c').lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
  })
})

describe('a pod that is deleted', () => {
  it('ends its containers within the grace period and then loses its object', async () => {
    node.runtime.scripts.set('c', { ignoresTerm: true })
    node.addPod({ containers: [sleeper] })
    await node.pass(1)
    node.startDeletion({ namespace: 'shop', name: 'web' }, 5)
    await node.pass(4)
    expect(node.client.find('Pod', { namespace: 'shop', name: 'web' })).toBeDefined()
    await node.pass(2)
    expect(node.client.find('Pod', { namespace: 'shop', name: 'web' })).toBeUndefined()
    expect(node.story()).toContain('Killing: Stopping container c')
    expect(node.network.claimed.size).toBe(0)
  })

  it('runs preStop before SIGTERM', async () => {
    const commands: string[] = []
    node.runtime.scripts.set('c', {
      exec(command) {
        commands.push(command.join(' '))
        return { exitCode: 0, afterMs: 3000 }
      },
    })
    const lifecycle = { preStop: { exec: { command: ['drain'] } } }
    node.addPod({ containers: [{ ...sleeper, lifecycle }] })
    await node.pass(1)
    node.startDeletion({ namespace: 'shop', name: 'web' }, 30)
    await node.pass(2)
    expect(commands).toEqual(['drain'])
    expect(node.runtime.latest('c').stoppedWithGraceMs).toBeUndefined()
    await node.pass(2)
    expect(node.runtime.latest('c').stoppedWithGraceMs).toBe(27_000)
    expect(node.client.find('Pod', { namespace: 'shop', name: 'web' })).toBeUndefined()
  })
})

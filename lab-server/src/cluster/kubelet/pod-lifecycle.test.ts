import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Container } from '../objects/types.ts'
import { type FakeNode, startFakeNode } from './testing/fake-node.ts'

let node: FakeNode
beforeEach(async () => {
  node = await startFakeNode()
})
afterEach(async () => {
  await node.stop()
  expect(node.errors).toEqual([])
})

const container = (name: string, change: Partial<Container> = {}): Container => ({
  name,
  image: 'busybox:1.36',
  ...change,
})
const started = () => node.runtime.containers.map(({ spec }) => spec.containerName)
const condition = (type: string) => node.pod().status?.conditions?.find((found) => found.type === type)

describe('init containers', () => {
  it('run one after the other before the main ones', async () => {
    node.runtime.scripts.set('one', { exitAfterMs: 2000 }).set('two', { exitAfterMs: 2000 })
    node.addPod({ initContainers: [container('one'), container('two')], containers: [container('c')] })
    await node.pass(1)
    expect(started()).toEqual(['one'])
    expect(node.pod().status?.phase).toBe('Pending')
    expect(node.container('c').state).toEqual({ waiting: { reason: 'PodInitializing' } })
    expect(condition('Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [one two]',
    })
    await node.pass(2)
    expect(started()).toEqual(['one', 'two'])
    await node.pass(2)
    expect(started()).toEqual(['one', 'two', 'c'])
    expect(node.pod().status?.phase).toBe('Running')
    expect(node.container('one')).toMatchObject({
      ready: true,
      started: false,
      state: { terminated: { reason: 'Completed' } },
    })
    expect(condition('Ready')?.status).toBe('True')
  })

  it('restart with a back-off when they fail', async () => {
    node.runtime.scripts.set('one', { exitAfterMs: 0, exitCode: 7 })
    node.addPod({ initContainers: [container('one')], containers: [container('c')] })
    await node.pass(5)
    expect(node.container('one')).toMatchObject({ restartCount: 1, state: { terminated: { reason: 'Error' } } })
    expect(node.pod().status?.phase).toBe('Pending')
    expect(started()).toEqual(['one', 'one'])
  })

  it('fail the pod when it must never restart', async () => {
    node.runtime.scripts.set('one', { exitAfterMs: 0, exitCode: 7 })
    node.addPod({ restartPolicy: 'Never', initContainers: [container('one')], containers: [container('c')] })
    await node.pass(2)
    expect(node.pod().status?.phase).toBe('Failed')
    expect(started()).toEqual(['one'])
  })
})

describe('sidecars', () => {
  it('start in their place and go on beside the main containers', async () => {
    node.runtime.scripts.set('one', { exitAfterMs: 1000 })
    node.addPod({
      initContainers: [container('one'), container('side', { restartPolicy: 'Always' })],
      containers: [container('c')],
    })
    await node.pass(3)
    expect(started()).toEqual(['one', 'side', 'c'])
    expect(node.container('side')).toMatchObject({ ready: true, started: true, state: { running: {} } })
  })

  it('end when the last main container is done', async () => {
    node.runtime.scripts.set('c', { exitAfterMs: 2000 })
    node.addPod({
      restartPolicy: 'OnFailure',
      initContainers: [container('side', { restartPolicy: 'Always' })],
      containers: [container('c')],
    })
    await node.pass(4)
    expect(node.pod().status?.phase).toBe('Succeeded')
    expect(node.runtime.latest('side').stoppedWithGraceMs).toBe(30_000)
  })
})

describe('pods that end', () => {
  it('are Succeeded and keep their logs and address', async () => {
    node.runtime.scripts.set('c', { exitAfterMs: 0 })
    node.addPod({ restartPolicy: 'OnFailure', containers: [container('c')] })
    await node.pass(2)
    expect(node.pod().status).toMatchObject({ phase: 'Succeeded', podIP: '10.42.0.2' })
    expect(condition('PodReadyToStartContainers')?.status).toBe('False')
    expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'PodCompleted' })
    expect(condition('Initialized')).toMatchObject({ status: 'True', reason: 'PodCompleted' })
  })

  it('are Failed with the message that the container left', async () => {
    node.runtime.scripts.set('c', { exitAfterMs: 1000, exitCode: 3 })
    node.addPod({ restartPolicy: 'Never', containers: [container('c')] })
    await node.pass(0.5)
    const { writeFile } = await import('node:fs/promises')
    const mount = node.runtime
      .latest('c')
      .spec.mounts.find(({ containerPath }) => containerPath === '/dev/termination-log')
    await writeFile(mount?.hostPath ?? '', 'bye\n')
    await node.pass(2)
    expect(node.pod().status?.phase).toBe('Failed')
    expect(node.container('c').state?.terminated).toMatchObject({ exitCode: 3, reason: 'Error', message: 'bye\n' })
  })

  it('fall back to the end of the log where the policy says so', async () => {
    node.runtime.scripts.set('c', { exitAfterMs: 0, exitCode: 1, log: ['start', 'fatal: no config'] })
    node.addPod({
      restartPolicy: 'Never',
      containers: [container('c', { terminationMessagePolicy: 'FallbackToLogsOnError' })],
    })
    await node.pass(1)
    expect(node.container('c').state?.terminated?.message).toBe('start\nfatal: no config\n')
  })

  it('restart a failed container but not one that succeeded under OnFailure', async () => {
    node.runtime.scripts.set('a', { exitAfterMs: 0 }).set('b', { exitAfterMs: 0, exitCode: 1 })
    node.addPod({ restartPolicy: 'OnFailure', containers: [container('a'), container('b')] })
    await node.pass(5)
    expect(started()).toEqual(['a', 'b', 'b'])
    expect(node.pod().status?.phase).toBe('Running')
  })

  it('restart a container of a pod that never restarts when its own rule says so', async () => {
    node.runtime.scripts.set('c', { exitAfterMs: 1000, exitCode: 42 })
    const rule = { action: 'Restart', exitCodes: { operator: 'In', values: [42] } }
    node.addPod({
      restartPolicy: 'Never',
      containers: [container('c', { restartPolicy: 'Never', restartPolicyRules: [rule] })],
    })
    await node.pass(0.5)
    node.runtime.scripts.set('c', { exitAfterMs: 1000, exitCode: 3 })
    await node.pass(3)
    expect(started()).toEqual(['c', 'c'])
    expect(node.pod().status?.phase).toBe('Failed')
  })

  it('end when they are active for too long', async () => {
    node.addPod({ activeDeadlineSeconds: 5, containers: [container('c')] })
    await node.pass(7)
    expect(node.pod().status).toMatchObject({
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    })
  })
})

describe('hooks', () => {
  it('shows why a postStart hook failed, after the grace period', async () => {
    node.runtime.scripts.set('c', { ignoresTerm: true, exec: () => ({ exitCode: 4, stderr: 'hook failed\n' }) })
    const command = ['sh', '-c', 'echo hook failed >&2; exit 4']
    const pod = node.addPod({
      terminationGracePeriodSeconds: 5,
      containers: [container('c', { lifecycle: { postStart: { exec: { command } } } })],
    })
    await node.pass(3)
    expect(node.container('c').state).toEqual({ waiting: { reason: 'ContainerCreating' } })
    await node.pass(2.3)
    expect(node.container('c')).toMatchObject({
      state: {
        waiting: {
          reason: 'PostStartHookError',
          message: `Exec lifecycle hook ([sh -c echo hook failed >&2; exit 4]) for Container "c" in Pod "web_shop(${pod.metadata.uid})" failed - error: command 'sh -c echo hook failed >&2; exit 4' exited with 4: hook failed\n, message: "hook failed\\n"`,
        },
      },
      lastState: { terminated: { exitCode: 137 } },
    })
    expect(node.story().slice(3, 5)).toEqual([
      'FailedPostStartHook: PostStartHook failed',
      'Killing: FailedPostStartHook',
    ])
  })
})

describe('changes to a running pod', () => {
  it('restart a container whose image changed', async () => {
    const pod = node.addPod({ containers: [container('c')] })
    await node.pass(1)
    node.put({
      ...pod,
      spec: { ...pod.spec, containers: [container('c', { image: 'docker.io/library/busybox:1.36' })] },
    } as never)
    await node.pass(1)
    expect(node.story()).toContain('Killing: Container c definition changed, will be restarted')
    expect(node.container('c').restartCount).toBe(1)
  })

  it('run a debug container beside the others', async () => {
    const pod = node.addPod({ containers: [container('c')] })
    await node.pass(1)
    node.runtime.scripts.set('debugger', { exitAfterMs: 0 })
    node.put({
      ...pod,
      spec: { ...pod.spec, ephemeralContainers: [{ name: 'debugger', image: 'busybox:1.36' }] },
    } as never)
    await node.pass(2)
    expect(node.container('debugger')).toMatchObject({
      ready: false,
      restartCount: 0,
      state: { terminated: { reason: 'Completed' } },
    })
    expect(node.pod().status?.phase).toBe('Running')
    expect(started()).toEqual(['c', 'debugger'])
  })
})

describe('a kubelet that comes back', () => {
  it('starts what ran before in a new sandbox and counts the restart', async () => {
    node.runtime.scripts.set('one', { exitAfterMs: 0 })
    node.addPod({ initContainers: [container('one')], containers: [container('c')] })
    await node.pass(1)
    await node.restartKubelet()
    await node.pass(2)
    expect(started()).toEqual(['one', 'c', 'one', 'c'])
    expect(node.container('c')).toMatchObject({
      restartCount: 1,
      ready: true,
      lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
    })
  })

  it('says that the sandbox is new, and removes folders of pods that are gone', async () => {
    node.addPod({ containers: [container('c')] })
    await node.pass(1)
    const { mkdir, readdir } = await import('node:fs/promises')
    await mkdir(`${node.dataDir}/pods/gone`, { recursive: true })
    await node.restartKubelet()
    await node.pass(1)
    expect(node.story()).toContain('SandboxChanged: Pod sandbox changed, it will be killed and re-created.')
    expect(await readdir(`${node.dataDir}/pods`)).toEqual([node.pod().metadata.uid])
  })

  it('leaves a pod that the node ended with its verdict', async () => {
    node.addPod({ activeDeadlineSeconds: 1, containers: [container('c')] })
    await node.pass(3)
    await node.restartKubelet()
    await node.pass(1)
    expect(node.pod().status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' })
  })

  it('leaves finished pods alone', async () => {
    node.runtime.scripts.set('c', { exitAfterMs: 0 })
    node.addPod({ restartPolicy: 'Never', containers: [container('c')] })
    await node.pass(1)
    await node.restartKubelet()
    await node.pass(2)
    expect(node.pod().status?.phase).toBe('Succeeded')
    expect(started()).toEqual(['c'])
  })
})

describe('pods that the node does not want', () => {
  it('fail at once when it has no room for them', async () => {
    node.addPod({ containers: [container('c', { resources: { requests: { cpu: '6400' } } })] })
    await node.pass(1)
    const { status } = node.pod()
    expect(status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu' })
    expect(status?.message).toMatch(
      /^Pod was rejected: Node didn't have enough resource: cpu, requested: 6400000, used: 0, capacity: \d+$/,
    )
    expect(started()).toEqual([])
  })

  it('are evicted when their scratch space outgrows its limit', async () => {
    node.addPod({
      volumes: [{ name: 'cache', emptyDir: { sizeLimit: '1Ki' } }],
      containers: [container('c', { volumeMounts: [{ name: 'cache', mountPath: '/cache' }] })],
    })
    await node.pass(1)
    const { writeFile } = await import('node:fs/promises')
    const mount = node.runtime.latest('c').spec.mounts.find(({ containerPath }) => containerPath === '/cache')
    await writeFile(`${mount?.hostPath}/big`, 'x'.repeat(5000))
    await node.pass(12)
    const message = 'Usage of EmptyDir volume "cache" exceeds the limit "1Ki". '
    expect(node.pod().status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
    expect(condition('DisruptionTarget')).toMatchObject({ status: 'True', reason: 'TerminationByKubelet', message })
    expect(node.story().slice(-2)).toEqual([`Evicted: ${message}`, 'Killing: Stopping container c'])
  })
})

describe('a pod that is deleted by force', () => {
  it('ends its containers although its object is gone', async () => {
    node.addPod({ containers: [container('c')] })
    await node.pass(1)
    node.drop('Pod', { namespace: 'shop', name: 'web' })
    await node.pass(1)
    expect(node.runtime.latest('c').stoppedWithGraceMs).toBe(1000)
    expect(node.network.claimed.size).toBe(0)
  })

  it('leaves nothing behind when a container was about to start', async () => {
    node.runtime.scripts.set('c', { startsAfterMs: 2000 })
    node.addPod({ containers: [container('c')] })
    await node.pass(1)
    node.drop('Pod', { namespace: 'shop', name: 'web' })
    await node.pass(3)
    expect(node.runtime.latest('c').stoppedWithGraceMs).toBe(0)
    expect(node.runtime.removed).toContain(node.runtime.latest('c').running.id)
    expect(node.network.claimed.size).toBe(0)
  })

  it('ends sooner when its grace period is cut', async () => {
    node.runtime.scripts.set('c', { ignoresTerm: true })
    node.addPod({ containers: [container('c')] })
    await node.pass(1)
    node.startDeletion({ namespace: 'shop', name: 'web' }, 30)
    await node.pass(2)
    node.startDeletion({ namespace: 'shop', name: 'web' }, 1)
    await node.pass(2)
    expect(node.client.find('Pod', { namespace: 'shop', name: 'web' })).toBeUndefined()
  })
})

it('says why a pod gets no address, and tries again', async () => {
  const { claimPodIp } = node.network
  node.network.claimPodIp = () => {
    throw new Error('no IP addresses available in range set')
  }
  node.addPod({ containers: [container('c')] })
  await node.pass(1)
  expect(node.story()).toEqual([
    'FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: no IP addresses available in range set',
  ])
  node.network.claimPodIp = claimPodIp
  await node.pass(11)
  expect(node.container('c').ready).toBe(true)
})

describe('a runtime in trouble', () => {
  it('is named in the pod, and tried again', async () => {
    node.runtime.scripts.set('c', { startFault: 'no space left on device' })
    node.addPod({ containers: [container('c')] })
    await node.pass(1)
    expect(node.container('c').state?.waiting).toEqual({
      reason: 'CreateContainerError',
      message: 'no space left on device',
    })
    node.runtime.scripts.delete('c')
    await node.pass(10)
    expect(node.container('c').ready).toBe(true)
  })

  it('does not keep a pod from being deleted while its container is being made', async () => {
    node.runtime.scripts.set('c', { startsAfterMs: 60_000 })
    node.addPod({ containers: [container('c')] })
    await node.pass(1)
    node.startDeletion({ namespace: 'shop', name: 'web' }, 30)
    await node.pass(1)
    expect(node.client.find('Pod', { namespace: 'shop', name: 'web' })).toBeUndefined()
    await node.pass(60)
    expect(node.runtime.latest('c').stoppedWithGraceMs).toBe(0)
  })
})

it('keeps the files of two instances of a container and no more', async () => {
  node.runtime.scripts.set('c', { exitAfterMs: 0, exitCode: 1 })
  node.addPod({ containers: [container('c')] })
  await node.pass(75)
  expect(node.runtime.containers).toHaveLength(5)
  expect(node.runtime.removed).toHaveLength(3)
  node.startDeletion({ namespace: 'shop', name: 'web' }, 1)
  await node.pass(1)
  expect(node.runtime.removed).toHaveLength(5)
})

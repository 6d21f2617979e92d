import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replicaSetController } from '../replicaset/replica-set-controller.ts'
import { startFakeKubelet } from '../testing/fake-kubelet.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { makeDeployment } from '../testing/objects.ts'
import { deploymentController } from './deployment-controller.ts'

const key = { namespace: 'lab', name: 'web' }
let lab: Harness
let isBroken: (image: string) => boolean

beforeEach(() => {
  lab = startHarness([deploymentController, replicaSetController])
  isBroken = () => false
  startFakeKubelet(lab.client, {
    clock: lab.clock,
    readyAfterMs: (pod) => (isBroken(pod.spec?.containers[0]?.image ?? '') ? undefined : 1000),
  })
})
afterEach(() => lab.stop())

const setImage = (image: string) =>
  lab.client.change('Deployment', key, ({ spec }) => {
    const container = spec?.template.spec?.containers[0]
    if (container) container.image = image
  })
const deployment = () => lab.client.get('Deployment', key)
const replicaSets = () =>
  lab.client
    .list('ReplicaSet')
    .map(({ metadata, spec }) => [metadata.annotations?.['deployment.kubernetes.io/revision'], spec?.replicas])
    .sort()
const condition = (type: string) => deployment().status?.conditions?.find((one) => one.type === type)

describe('a new Deployment', () => {
  it('gets a ReplicaSet with hash, revision and size annotations, and the status of upstream', async () => {
    lab.client.put(makeDeployment())
    await lab.clock.advance(5000)

    const [replicaSet] = lab.client.list('ReplicaSet')
    const hash = replicaSet?.metadata.labels?.['pod-template-hash']
    expect(replicaSet?.metadata.name).toBe(`web-${hash}`)
    expect(replicaSet?.spec?.selector.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash })
    expect(replicaSet?.metadata.annotations).toEqual({
      'deployment.kubernetes.io/desired-replicas': '2',
      'deployment.kubernetes.io/max-replicas': '3',
      'deployment.kubernetes.io/revision': '1',
    })
    expect(deployment().metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' })
    expect(deployment().status).toEqual({
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      terminatingReplicas: 0,
      conditions: [
        {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
          lastUpdateTime: '2026-01-01T00:00:01Z',
          lastTransitionTime: '2026-01-01T00:00:01Z',
        },
        {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: `ReplicaSet "web-${hash}" has successfully progressed.`,
          lastUpdateTime: '2026-01-01T00:00:01Z',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
    })
    expect(replicaSet?.status).toEqual({
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      terminatingReplicas: 0,
      observedGeneration: 1,
    })
    const scaled = lab.client.events.filter(({ reason }) => reason === 'ScalingReplicaSet')
    expect(scaled.map(({ message }) => message)).toEqual([`Scaled up replica set web-${hash} from 0 to 2`])
  })

  it('takes another name for its ReplicaSet when that of its template is taken', async () => {
    const other = lab.client.put(makeDeployment())
    await lab.clock.advance(10)
    const [first] = lab.client.list('ReplicaSet')
    await lab.client.remove('Deployment', key)
    expect(other.metadata.name).toBe('web')
    lab.client.put(makeDeployment())
    await lab.clock.advance(5000)
    expect(deployment().status?.collisionCount).toBe(1)
    const names = lab.client.list('ReplicaSet').map(({ metadata }) => metadata.name)
    expect(names).toHaveLength(2)
    expect(names).toContain(first?.metadata.name)
    expect(deployment().status?.availableReplicas).toBe(2)
  })

  it('says in its condition and an Event that the ReplicaSet was refused', async () => {
    const errors: unknown[] = []
    await lab.stop()
    lab = startHarness([deploymentController], { onError: (error) => errors.push(error) })
    lab.client.refuse = (object) => {
      if (object.kind === 'ReplicaSet') throw new Error('exceeded quota')
    }
    lab.client.put(makeDeployment())
    await lab.clock.advance(10)
    expect(condition('Progressing')).toMatchObject({ status: 'False', reason: 'ReplicaSetCreateError' })
    expect(lab.client.events[0]?.message).toMatch(/^Failed to create new replica set "web-\w+": exceeded quota$/)
    expect(errors.length).toBeGreaterThan(0)
  })

  it('replaces a pod that someone deleted', async () => {
    lab.client.put(makeDeployment())
    await lab.clock.advance(5000)
    const [victim] = lab.client.list('Pod')
    await lab.client.remove('Pod', { namespace: 'lab', name: victim?.metadata.name ?? '' })
    await lab.clock.advance(5000)
    expect(lab.client.list('Pod').map(({ metadata }) => metadata.name)).not.toContain(victim?.metadata.name)
    expect(deployment().status?.availableReplicas).toBe(2)
  })
})

describe('a rollout', () => {
  beforeEach(async () => {
    lab.client.put(makeDeployment())
    await lab.clock.advance(5000)
  })

  it('ends with all pods of the new template and keeps the old ReplicaSet for undo', async () => {
    setImage('web:2')
    await lab.clock.advance(30_000)
    expect(replicaSets()).toEqual([
      ['1', 0],
      ['2', 2],
    ])
    expect(deployment().metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2')
    expect(condition('Progressing')?.reason).toBe('NewReplicaSetAvailable')
  })

  it('moves to a new revision number when undone, and remembers the old one', async () => {
    setImage('web:2')
    await lab.clock.advance(30_000)
    setImage('web:1')
    await lab.clock.advance(30_000)
    expect(replicaSets()).toEqual([
      ['2', 0],
      ['3', 2],
    ])
    const current = lab.client.list('ReplicaSet').find(({ spec }) => spec?.replicas === 2)
    expect(current?.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1')
  })

  it('finds the old ReplicaSet again although kubectl undoes with a null creationTimestamp', async () => {
    setImage('web:2')
    await lab.clock.advance(30_000)
    setImage('web:1')
    lab.client.change('Deployment', key, ({ spec }) => {
      if (spec) spec.template.metadata = { labels: { app: 'web' }, creationTimestamp: null } as never
    })
    await lab.clock.advance(30_000)
    expect(lab.client.list('ReplicaSet')).toHaveLength(2)
  })

  it('is stuck with one bad pod beside all old ones, and says so at its deadline', async () => {
    isBroken = (image) => image === 'bad'
    setImage('bad')
    await lab.clock.advance(599_000)
    expect(replicaSets()).toEqual([
      ['1', 2],
      ['2', 1],
    ])
    expect(condition('Available')?.status).toBe('True')
    expect(condition('Progressing')).toMatchObject({ status: 'True', reason: 'ReplicaSetUpdated' })
    await lab.clock.advance(2000)
    const name = lab.client.list('ReplicaSet').find(({ spec }) => spec?.replicas === 1)?.metadata.name
    expect(condition('Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `ReplicaSet "${name}" has timed out progressing.`,
    })
  })

  it('waits while paused and goes on when resumed', async () => {
    lab.client.change('Deployment', key, ({ spec }) => {
      if (spec) spec.paused = true
    })
    await lab.clock.advance(1000)
    expect(condition('Progressing')).toMatchObject({
      status: 'Unknown',
      reason: 'DeploymentPaused',
      message: 'Deployment is paused',
    })
    setImage('web:2')
    await lab.clock.advance(700_000)
    expect(replicaSets()).toEqual([['1', 2]])
    lab.client.change('Deployment', key, ({ spec }) => {
      if (spec) spec.paused = false
    })
    await lab.clock.advance(30_000)
    expect(replicaSets()).toEqual([
      ['1', 0],
      ['2', 2],
    ])
  })

  it('keeps no more old ReplicaSets than the history limit', async () => {
    lab.client.change('Deployment', key, ({ spec }) => {
      if (spec) spec.revisionHistoryLimit = 1
    })
    for (const image of ['web:2', 'web:3', 'web:4']) {
      setImage(image)
      await lab.clock.advance(30_000)
    }
    expect(replicaSets()).toEqual([
      ['3', 0],
      ['4', 2],
    ])
  })

  it('with Recreate takes every old pod down before it starts a new one', async () => {
    lab.client.change('Deployment', key, ({ spec }) => {
      if (spec) spec.strategy = { type: 'Recreate' }
    })
    const images = new Set<string>()
    lab.client.watch('Pod', () =>
      images.add([...new Set(lab.client.list('Pod').map(({ spec }) => spec?.containers[0]?.image))].join()),
    )
    setImage('web:2')
    await lab.clock.advance(30_000)
    expect([...images]).not.toContain('web:1,web:2')
    expect(replicaSets()).toEqual([
      ['1', 0],
      ['2', 2],
    ])
  })
})

describe('scaling', () => {
  it('shares new replicas in proportion while a rollout is stuck', async () => {
    lab.client.put(
      makeDeployment({
        replicas: 10,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } },
      }),
    )
    await lab.clock.advance(5000)
    isBroken = (image) => image === 'bad'
    setImage('bad')
    await lab.clock.advance(10_000)
    expect(replicaSets()).toEqual([
      ['1', 8],
      ['2', 5],
    ])
    lab.client.change('Deployment', key, ({ spec }) => {
      if (spec) spec.replicas = 15
    })
    await lab.clock.advance(10_000)
    // The example of the Kubernetes documentation on proportional scaling.
    expect(replicaSets()).toEqual([
      ['1', 11],
      ['2', 7],
    ])
  })
})

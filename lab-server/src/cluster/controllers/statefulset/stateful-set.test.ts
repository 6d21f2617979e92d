import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Pod, StatefulSet } from '../../objects/types.ts'
import { startFakeKubelet } from '../testing/fake-kubelet.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { statefulSetController } from './stateful-set-controller.ts'

const key = { namespace: 'lab', name: 'db' }
let lab: Harness
let isBroken: (pod: Pod) => boolean

beforeEach(() => {
  lab = startHarness([statefulSetController])
  isBroken = () => false
  startFakeKubelet(lab.client, { clock: lab.clock, readyAfterMs: (pod) => (isBroken(pod) ? undefined : 1000) })
})
afterEach(() => lab.stop())

const put = (spec: Partial<NonNullable<StatefulSet['spec']>> = {}) =>
  lab.client.put({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'lab' },
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      revisionHistoryLimit: 10,
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image: 'db:1' }] } },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
      ...spec,
    },
  })
const change = (edit: (spec: NonNullable<StatefulSet['spec']>) => void) =>
  lab.client.change('StatefulSet', key, ({ spec }) => {
    if (spec) edit(spec)
  })
const setImage = (image: string) =>
  change(({ template }) => {
    const container = template.spec?.containers[0]
    if (container) container.image = image
  })
const names = () => lab.client.list('Pod').map(({ metadata }) => metadata.name)
const images = () =>
  Object.fromEntries(lab.client.list('Pod').map(({ metadata, spec }) => [metadata.name, spec?.containers[0]?.image]))
const seconds = () =>
  lab.client
    .list('Pod')
    .map(({ metadata }) => (Date.parse(metadata.creationTimestamp ?? '') - Date.UTC(2026, 0, 1)) / 1000)

describe('a StatefulSet', () => {
  it('starts its pods one after the other, each with its claim, and tells it in upstream words', async () => {
    put()
    await lab.clock.advance(10_000)
    expect(names()).toEqual(['db-0', 'db-1', 'db-2'])
    expect(seconds()).toEqual([0, 1, 2])
    expect(lab.client.list('PersistentVolumeClaim').map(({ metadata }) => metadata.name)).toEqual([
      'data-db-0',
      'data-db-1',
      'data-db-2',
    ])
    expect(lab.client.events.slice(0, 2).map(({ message }) => message)).toEqual([
      'Create Claim data-db-0 Pod db-0 in StatefulSet db success',
      'Create Pod db-0 in StatefulSet db successful',
    ])
    const [pod] = lab.client.list('Pod')
    const [revision] = lab.client.list('ControllerRevision')
    expect(pod?.metadata.labels).toEqual({
      app: 'db',
      'apps.kubernetes.io/pod-index': '0',
      'controller-revision-hash': revision?.metadata.name,
      'statefulset.kubernetes.io/pod-name': 'db-0',
    })
    expect(pod?.spec).toMatchObject({
      hostname: 'db-0',
      subdomain: 'db',
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }],
    })
    expect(lab.client.get('StatefulSet', key).status).toEqual({
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      currentRevision: revision?.metadata.name,
      updateRevision: revision?.metadata.name,
      collisionCount: 0,
    })
  })

  it('does not start the next pod while one is not ready', async () => {
    isBroken = (pod) => pod.metadata.name === 'db-1'
    put()
    await lab.clock.advance(60_000)
    expect(names()).toEqual(['db-0', 'db-1'])
  })

  it('starts all at once when its policy is Parallel', async () => {
    put({ podManagementPolicy: 'Parallel' })
    await lab.clock.advance(500)
    expect(names()).toEqual(['db-0', 'db-1', 'db-2'])
  })

  it('shrinks from the highest ordinal down, one by one, and keeps the claims', async () => {
    put()
    await lab.clock.advance(10_000)
    const gone: (string | undefined)[] = []
    lab.client.watch('Pod', ({ type, object }) => {
      if (type === 'DELETED') gone.push(object.metadata.name)
    })
    change((spec) => {
      spec.replicas = 1
    })
    await lab.clock.advance(1500)
    expect(gone).toEqual(['db-2'])
    await lab.clock.advance(5000)
    expect(gone).toEqual(['db-2', 'db-1'])
    expect(lab.client.list('PersistentVolumeClaim')).toHaveLength(3)
    expect(lab.client.events.at(-1)?.message).toBe('Delete Pod db-1 in StatefulSet db successful')
  })

  it('brings back a pod under the same name', async () => {
    put()
    await lab.clock.advance(10_000)
    const before = lab.client.get('Pod', { namespace: 'lab', name: 'db-1' }).metadata.uid
    await lab.client.remove('Pod', { namespace: 'lab', name: 'db-1' })
    await lab.clock.advance(10_000)
    expect(names().sort()).toEqual(['db-0', 'db-1', 'db-2'])
    expect(lab.client.get('Pod', { namespace: 'lab', name: 'db-1' }).metadata.uid).not.toBe(before)
  })
})

describe('an update', () => {
  beforeEach(async () => {
    put()
    await lab.clock.advance(10_000)
  })

  it('replaces pods from the highest ordinal down', async () => {
    setImage('db:2')
    await lab.clock.advance(2500)
    expect(images()).toMatchObject({ 'db-0': 'db:1', 'db-1': 'db:1', 'db-2': 'db:2' })
    await lab.clock.advance(20_000)
    expect(images()).toEqual({ 'db-0': 'db:2', 'db-1': 'db:2', 'db-2': 'db:2' })
    const { currentRevision, updateRevision } = lab.client.get('StatefulSet', key).status ?? {}
    expect(currentRevision).toBe(updateRevision)
  })

  it('leaves pods below the partition alone', async () => {
    change((spec) => {
      spec.updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } }
    })
    setImage('db:2')
    await lab.clock.advance(20_000)
    expect(images()).toEqual({ 'db-0': 'db:1', 'db-1': 'db:1', 'db-2': 'db:2' })
    await lab.client.remove('Pod', { namespace: 'lab', name: 'db-0' })
    await lab.clock.advance(10_000)
    expect(images()['db-0']).toBe('db:1')
  })

  it('numbers revisions so that going back makes the old one the newest', async () => {
    setImage('db:2')
    await lab.clock.advance(20_000)
    setImage('db:1')
    await lab.clock.advance(20_000)
    expect(lab.client.list('ControllerRevision').map(({ revision }) => revision)).toEqual([3, 2])
  })
})

// What informers of the JavaScript client library see of a cluster: everything once, in order, through broken
// connections and versions that are gone.
import type { V1ConfigMap, V1Pod } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { places } from '../places.ts'
import { type ClientPlace, openClientPlace } from './client-place.ts'
import { observe } from './observe.ts'

describe.each(places)('$name', (place) => {
  let at: ClientPlace
  let path: string
  beforeAll(async () => {
    at = await openClientPlace(place, 'informers')
    path = `/api/v1/namespaces/${at.namespace}/configmaps`
  })
  afterAll(() => at?.stop())

  const create = (name: string, labels: Record<string, string> = {}, data: Record<string, string> = {}) =>
    at.core.createNamespacedConfigMap({ namespace: at.namespace, body: { metadata: { name, labels }, data } })
  const replace = async (name: string, data: Record<string, string>, labels: Record<string, string> = {}) =>
    at.core.replaceNamespacedConfigMap({ namespace: at.namespace, name, body: { metadata: { name, labels }, data } })
  const remove = (name: string) => at.core.deleteNamespacedConfigMap({ namespace: at.namespace, name })
  const listWith = (labelSelector: string) => () =>
    at.core.listNamespacedConfigMap({ namespace: at.namespace, labelSelector })
  const observeLabel = (label: string) => observe<V1ConfigMap>(at.config, path, listWith(label), label)
  const stories = (told: { verb: string; name: string }[]) => told.map(({ verb, name }) => `${verb} ${name}`)

  it('begin with what is there and go on with what happens', async () => {
    await create('there', { t: 'life' })
    const informer = await observeLabel('t=life')
    await informer.told.count(1)
    await create('new', { t: 'life' })
    await replace('new', { a: 'b' }, { t: 'life' })
    await remove('there')
    await remove('new')
    await informer.told.count(5)
    expect(stories(informer.told.all)).toEqual(['add there', 'add new', 'update new', 'delete there', 'delete new'])
    expect(informer.list()).toEqual([])
    expect(informer.lists()).toBe(1)
    await informer.stop()
  })

  it('see each of many quick writes once and in the order of their versions', async () => {
    const informer = await observeLabel('t=many')
    const names = Array.from({ length: 40 }, (_, index) => `many-${index}`)
    await Promise.all(names.map((name) => create(name, { t: 'many' })))
    await Promise.all(names.map((name) => replace(name, { round: '2' }, { t: 'many' })))
    await informer.told.count(80)
    const versions = informer.told.all.map(({ object }) => Number(object.metadata?.resourceVersion))
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
    expect(new Set(versions).size).toBe(80)
    expect(informer.list().map(({ data }) => data?.round)).toEqual(names.map(() => '2'))
    await informer.stop()
  })

  it('are told of a deletion when an object no longer fits the selector, and of an addition when it fits again', async () => {
    await create('labelled', { t: 'label' })
    const informer = await observeLabel('t=label')
    await replace('labelled', {}, { t: 'other' })
    await replace('labelled', { unseen: 'yes' }, { t: 'other' })
    await replace('labelled', { back: 'yes' }, { t: 'label' })
    await informer.told.count(3)
    expect(stories(informer.told.all)).toEqual(['add labelled', 'delete labelled', 'add labelled'])
    expect(informer.told.all.at(-1)?.object).toMatchObject({ data: { back: 'yes' } })
    await informer.stop()
  })

  it('resume where a broken connection left them: nothing lost, nothing twice, no second list', async () => {
    await create('kept', { t: 'cut' })
    await create('doomed', { t: 'cut' })
    const informer = await observeLabel('t=cut')
    await informer.told.count(2)
    await create('before', { t: 'cut' })
    await informer.told.count(3)
    at.wire.cut()
    await create('after', { t: 'cut' })
    await replace('kept', { changed: 'meanwhile' }, { t: 'cut' })
    await remove('doomed')
    await informer.told.count(6)
    expect(stories(informer.told.all).slice(2)).toEqual(['add before', 'add after', 'update kept', 'delete doomed'])
    expect(informer.lists()).toBe(1)
    await informer.stop()
  })

  it('come through an API server that is away for a while', async () => {
    await create('old', { t: 'away' })
    const informer = await observeLabel('t=away')
    await informer.told.count(1)
    at.wire.cut({ refuse: true })
    await expect.poll(() => informer.errors.length, { timeout: 10_000 }).toBeGreaterThan(1)
    at.wire.mend()
    await create('young', { t: 'away' })
    await informer.told.first(({ verb, name }) => verb === 'add' && name === 'young')
    expect(stories(informer.told.all)).toEqual(['add old', 'add young'])
    await informer.stop()
  })

  it('come through ten cuts under load with the state that a list shows', async () => {
    const informer = await observeLabel('t=storm')
    for (let round = 0; round < 10; round++) {
      await create(`storm-${round}`, { t: 'storm' })
      at.wire.cut()
      await replace(`storm-${round}`, { round: String(round) }, { t: 'storm' })
      if (round % 3 === 0) await remove(`storm-${round}`)
    }
    const versionsOf = (items: V1ConfigMap[]) =>
      items.map(({ metadata }) => `${metadata?.name} ${metadata?.resourceVersion}`).sort()
    const { items } = await listWith('t=storm')()
    await expect.poll(() => versionsOf(informer.list()), { timeout: 20_000 }).toEqual(versionsOf(items))
    expect(items).toHaveLength(6)
    const added = informer.told.all.filter(({ verb }) => verb === 'add').map(({ name }) => name)
    expect(new Set(added).size).toBe(added.length)
    await informer.stop()
  })

  it('tell two observers the same in the same order', async () => {
    const [one, other] = await Promise.all([observeLabel('t=two'), observeLabel('t=two')])
    await Promise.all(['x', 'y', 'z'].map((name) => create(`two-${name}`, { t: 'two' })))
    await Promise.all(['x', 'y', 'z'].map((name) => remove(`two-${name}`)))
    await Promise.all([one.told.count(6), other.told.count(6)])
    expect(stories(one.told.all)).toEqual(stories(other.told.all))
    await Promise.all([one.stop(), other.stop()])
  })

  it('follow a pod through its life', async () => {
    const informer = await observe<V1Pod>(at.config, `/api/v1/namespaces/${at.namespace}/pods`, () =>
      at.core.listNamespacedPod({ namespace: at.namespace }),
    )
    await at.core.createNamespacedPod({
      namespace: at.namespace,
      body: {
        metadata: { name: 'living' },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', 'sleep 1; exit 3'] }],
        },
      },
    })
    const phase = (object: V1Pod) => object.status?.phase
    await informer.told.first(({ object }) => phase(object) === 'Failed', 60_000)
    const phases = informer.told.all.map(({ object }) => phase(object))
    expect(phases.filter((one, index) => one !== phases[index - 1])).toEqual(['Pending', 'Running', 'Failed'])
    const last = informer.list()[0]?.status
    expect(last?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' })
    await at.core.deleteNamespacedPod({ namespace: at.namespace, name: 'living' })
    await informer.told.first(({ verb }) => verb === 'delete', 60_000)
    expect(informer.list()).toEqual([])
    await informer.stop()
  })

  it('see a deployment become available, step by step and never backwards', async () => {
    const { namespace } = at
    const informer = await observe(at.config, `/apis/apps/v1/namespaces/${namespace}/deployments`, () =>
      at.apps.listNamespacedDeployment({ namespace }),
    )
    const labels = { app: 'seen' }
    const containers = [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '3600'] }]
    await at.apps.createNamespacedDeployment({
      namespace,
      body: {
        metadata: { name: 'seen' },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers } },
        },
      },
    })
    await informer.told.first(
      ({ object }) => 'status' in object && Object(object.status).availableReplicas === 2,
      90_000,
    )
    const available = informer.told.all.map(({ object }) =>
      Number(Object('status' in object && object.status).availableReplicas ?? 0),
    )
    expect(available).toEqual([...available].sort((a, b) => a - b))
    await at.apps.deleteNamespacedDeployment({ namespace, name: 'seen', body: { propagationPolicy: 'Foreground' } })
    await informer.told.first(({ verb }) => verb === 'delete', 60_000)
    const { items } = await at.apps.listNamespacedReplicaSet({ namespace })
    expect(items).toEqual([])
    await informer.stop()
  })

  it('see a namespace end', async () => {
    const name = 'informers-ending'
    const informer = await observe(at.config, '/api/v1/namespaces', () => at.core.listNamespace())
    await at.core.createNamespace({ body: { metadata: { name } } })
    await at.core.createNamespacedConfigMap({ namespace: name, body: { metadata: { name: 'inside' } } })
    await at.core.deleteNamespace({ name })
    await informer.told.first((one) => one.verb === 'delete' && one.name === name, 60_000)
    const phases = informer.told.all
      .filter((one) => one.name === name && 'status' in one.object)
      .map(({ object }) => ('status' in object ? Object(object.status).phase : ''))
    expect(phases.filter((one, index) => one !== phases[index - 1])).toEqual(['Active', 'Terminating'])
    await informer.stop()
  })
})

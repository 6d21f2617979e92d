// The lab's client behind a proxy that cuts, stalls, refuses and delays: no event is lost, and nobody is stormed.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type KubeAccess, readKubeconfig } from '../../src/lab/kubernetes/kubeconfig.ts'
import { type KubernetesApi, makeKubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'
import type { KubeObject } from '../../src/lab/kubernetes/objects.ts'
import { type KindWatch, type ObjectChange, startWatch } from '../../src/lab/kubernetes/watch.ts'
import { namespaceGone } from '../../src/sandboxes/namespace-end.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { startTestCluster, type TestCluster } from './test-cluster.ts'

let cluster: TestCluster
let direct: KubernetesApi
beforeAll(async () => {
  cluster = await startTestCluster('robust-client', { images: [] })
  direct = cluster.api
})
afterAll(() => cluster.stop())

let proxy: FaultProxy
let api: KubernetesApi
let watch: KindWatch | undefined
let namespace: string
let count = 0
beforeEach(async () => {
  proxy = await startFaultProxy(readKubeconfig(cluster.kubeconfig))
  api = makeKubernetesApi(proxy.access)
  namespace = `faults-${count++}`
  await direct.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
})
afterEach(async () => {
  watch?.stop()
  watch = undefined
  api.close()
  await proxy.stop()
})

const configMap = (name: string, value: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { value },
})
const named = (name: string) => ({ kind: 'ConfigMap' as const, namespace, name })

/** Follows the ConfigMaps of the test's namespace through the proxy. */
function follow(options: { silenceMs?: number; access?: KubeAccess } = {}) {
  const changes: ObjectChange[] = []
  const follower = options.access ? makeKubernetesApi(options.access) : api
  watch = startWatch(follower, 'ConfigMap', {
    namespace,
    silenceMs: options.silenceMs,
    onChange: (c) => changes.push(c),
  })
  return {
    changes,
    ready: watch.ready,
    values: () =>
      Object.fromEntries(
        [...(watch?.objects ?? [])].map(([name, object]) => [name, (object.data as { value?: string })?.value]),
      ),
  }
}
const lists = () => proxy.requests.filter(({ isWatch, path }) => !isWatch && path.includes('/configmaps?')).length
const watches = () => proxy.requests.filter(({ isWatch }) => isWatch).length
const values = async () =>
  Object.fromEntries(
    (await direct.list('ConfigMap', namespace)).map(({ metadata, data }) => [
      metadata.name,
      (data as { value?: string })?.value,
    ]),
  )

/** Numbers that a seed repeats. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}

it('loses no change while its connection is cut again and again, and lists only once', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 100_000)
  process.stderr.write(`seed ${seed}\n`)
  const random = dice(seed)
  const seen = follow()
  await seen.ready
  const written: string[] = []
  for (let step = 0; step < 150; step++) {
    const name = `map-${Math.floor(random() * 8)}`
    if (random() < 0.2) {
      await direct.remove(named(name))
      written.push(`${name}=`)
    } else {
      await direct.apply(configMap(name, String(step)))
      written.push(`${name}=${step}`)
    }
    if (random() < 0.15) proxy.cut()
  }
  await direct.apply(configMap('last', 'done'))
  await expect.poll(() => seen.values().last, { timeout: 20_000 }).toBe('done')
  expect(seen.values()).toEqual(await values())
  const told = seen.changes.map(({ type, object }) =>
    type === 'DELETED'
      ? `${object.metadata.name}=`
      : `${object.metadata.name}=${(object.data as { value?: string })?.value}`,
  )
  // Removing what is not there changes nothing; all else is told once and in order.
  const present = new Set<string>()
  const expected = written.filter((change) => {
    const [name = '', value] = change.split('=')
    if (value !== '') return present.add(name)
    return present.delete(name)
  })
  expect(told.filter((change) => /^map-\d=/.test(change))).toEqual(expected)
  expect(lists()).toBe(1)
})

it('lists again when its version is too old, and tells of what was deleted meanwhile', async () => {
  await direct.apply(configMap('kept', '1'))
  await direct.apply(configMap('gone', '1'))
  const seen = follow()
  await seen.ready
  let refused = 0
  proxy.refuse((request) => (request.url?.includes('watch=true') && refused++ === 0 ? { status: 410 } : undefined))
  proxy.isDown = true
  proxy.cut()
  await direct.remove(named('gone'))
  await direct.apply(configMap('kept', '2'))
  proxy.isDown = false
  await expect.poll(() => seen.values().kept, { timeout: 10_000 }).toBe('2')
  expect(seen.values()).not.toHaveProperty('gone')
  expect(seen.changes.filter(({ object }) => object.metadata.name === 'gone').map(({ type }) => type)).toEqual([
    'ADDED',
    'DELETED',
  ])
  expect(lists()).toBe(2)
})

it('opens a silent stream again where it was', async () => {
  const seen = follow({ silenceMs: 400 })
  await seen.ready
  await expect.poll(watches).toBeGreaterThan(0)
  proxy.stall()
  await direct.apply(configMap('unheard', '1'))
  await expect.poll(() => seen.values().unheard, { timeout: 10_000 }).toBe('1')
  expect(lists()).toBe(1)
})

it('comes back after a restart of the server without a storm', async () => {
  const seen = follow()
  await seen.ready
  proxy.isDown = true
  proxy.cut()
  const before = proxy.requests.length
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(proxy.requests.length - before).toBeLessThan(12)
  await direct.apply(configMap('meanwhile', '1'))
  proxy.isDown = false
  await expect.poll(() => seen.values().meanwhile, { timeout: 10_000 }).toBe('1')
})

it('does not hammer a server that ends each stream at once', async () => {
  const seen = follow()
  await seen.ready
  proxy.refuse((request) => (request.url?.includes('watch=true') ? { status: 200 } : undefined))
  proxy.cut()
  const before = watches()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(watches() - before).toBeLessThan(12)
  proxy.refuse(undefined)
  await direct.apply(configMap('at-last', '1'))
  await expect.poll(() => seen.values()['at-last'], { timeout: 10_000 }).toBe('1')
})

it('waits as long as a busy server asks, and then does what it was asked once', async () => {
  let refusals = 0
  proxy.refuse((request) =>
    request.method === 'POST' && refusals++ < 2 ? { status: 429, headers: { 'retry-after': '1' } } : undefined,
  )
  await api.create(configMap('patient', '1'))
  const [first = 0, second = 0, third = 0] = proxy.requests
    .filter(({ method }) => method === 'POST')
    .map(({ atMs }) => atMs)
  expect(second - first).toBeGreaterThanOrEqual(990)
  expect(third - second).toBeGreaterThanOrEqual(990)
  expect(proxy.requests.filter(({ method }) => method === 'POST')).toHaveLength(3)

  const seen = follow()
  await seen.ready
  await expect.poll(watches).toBeGreaterThan(0)
  proxy.refuse((request) =>
    request.url?.includes('watch=true') ? { status: 429, headers: { 'retry-after': '2' } } : undefined,
  )
  const before = watches()
  proxy.cut()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(watches() - before).toBeLessThanOrEqual(1)
  proxy.refuse(undefined)
  await direct.apply(configMap('patient', '2'))
  await expect.poll(() => seen.values().patient, { timeout: 10_000 }).toBe('2')
})

it('goes on with a renewed token after the old one has expired', async () => {
  let valid = 'first'
  let mine = 'first'
  proxy.refuse(({ headers }) => (headers.authorization === `Bearer ${valid}` ? undefined : { status: 401 }))
  const access: KubeAccess = {
    ...proxy.access,
    get token() {
      return mine
    },
  }
  const seen = follow({ access })
  await seen.ready
  valid = 'second'
  proxy.cut()
  await direct.apply(configMap('renewed', '1'))
  await expect.poll(() => proxy.requests.filter(({ isWatch }) => isWatch).length, { timeout: 5_000 }).toBeGreaterThan(2)
  expect(seen.values()).not.toHaveProperty('renewed')
  mine = 'second'
  await expect.poll(() => seen.values().renewed, { timeout: 10_000 }).toBe('1')
  expect(lists()).toBe(1)
})

it('says what keeps a namespace from ending, and resolves when it is gone', async () => {
  await direct.create({
    ...configMap('held', '1'),
    metadata: { name: 'held', namespace, finalizers: ['example.com/hold'] } as never,
  })
  await direct.remove({ kind: 'Namespace', name: namespace })
  await expect(namespaceGone(api, namespace, { onLog: () => {}, timeoutMs: 2_500 })).rejects.toThrow(
    /was not gone after 2.5 s: .*example.com\/hold/,
  )
  const gone = namespaceGone(api, namespace, { onLog: () => {} })
  await direct.mergePatch(named('held'), { metadata: { finalizers: null } })
  await gone
  expect(await direct.find({ kind: 'Namespace', name: namespace })).toBeUndefined()
})

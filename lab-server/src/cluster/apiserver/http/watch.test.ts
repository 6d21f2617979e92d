import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import { makeVirtualClock } from '../../virtual-clock.ts'
import { makeSlowResponse } from '../model-check/slow-response.ts'
import { configMap, startTestServer, type TestServer } from '../testing/test-server.ts'
import { answerWatch } from './watch-answer.ts'

let server: TestServer
const configMaps = '/api/v1/namespaces/test/configmaps'
beforeAll(async () => {
  server = await startTestServer()
  await server.client.create(configMap('one', { a: 'b' }))
  await server.client.create(configMap('two'))
})
afterAll(() => server.stop())

describe('watches', () => {
  it('begin with what exists and mark where that ends', async () => {
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const watch = await server.openWatch(`${configMaps}?${query}&fieldSelector=metadata.name%3Done`)
    expect(await watch.next()).toMatchObject({
      type: 'ADDED',
      object: { kind: 'ConfigMap', metadata: { name: 'one' } },
    })
    expect(await watch.next()).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    })
    watch.stop()
  })

  it('show an object that leaves the selection as deleted, and one that enters as added', async () => {
    const { resourceVersion } = (await server.call('GET', configMaps)).body.metadata
    const watch = await server.openWatch(
      `${configMaps}?watch=true&resourceVersion=${resourceVersion}&labelSelector=in%3Dyes`,
    )
    const key = { namespace: 'test', name: 'one' }
    await server.client.patch('ConfigMap', key, { metadata: { labels: { in: 'yes' } } })
    await server.client.patch('ConfigMap', key, { data: { a: 'c' } })
    await server.client.patch('ConfigMap', key, { metadata: { labels: { in: 'no' } } })
    expect((await watch.next()).type).toBe('ADDED')
    expect((await watch.next()).type).toBe('MODIFIED')
    expect(await watch.next()).toMatchObject({ type: 'DELETED', object: { metadata: { labels: { in: 'yes' } } } })
    watch.stop()
  })

  it('tell ages as of each event, also of what was created after the start', async () => {
    const clock = makeVirtualClock(Date.UTC(2026, 10, 23, 3))
    const aged = await startTestServer({ clock })
    await aged.client.create(configMap('old'))
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
    const watch = await aged.openWatch(`${configMaps}?watch=true`, headers)
    const cells = async () => (await watch.next()).object.rows[0].cells
    expect(await cells()).toEqual(['old', 0, '0s'])
    await clock.advance(90_000)
    await aged.client.create(configMap('young'))
    expect(await cells()).toEqual(['young', 0, '0s'])
    await aged.client.patch('ConfigMap', { namespace: 'test', name: 'old' }, { data: { a: 'b' } })
    expect(await cells()).toEqual(['old', 1, '90s'])
    watch.stop()
    await aged.stop()
  })

  it('describe the columns of a table once', async () => {
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
    const watch = await server.openWatch(`${configMaps}?watch=true`, headers)
    const first = await watch.next()
    const second = await watch.next()
    expect(first.object.columnDefinitions).toHaveLength(3)
    expect(second.object.columnDefinitions).toBeNull()
    watch.stop()
  })

  it('are cut when nobody reads them, and cost the others nothing', async () => {
    const { store } = server.registry.core
    const key = { namespace: 'test', name: 'busy' }
    await server.client.create(configMap('busy'))
    const query = 'watch=true&fieldSelector=metadata.name%3Dbusy&resourceVersion='
    const since = store.revision()
    const stalled = await server.openStalledWatch(`${configMaps}?${query}${since}`)
    const reading = await server.openWatch(`${configMaps}?${query}${since}`)
    let seen = 0
    const all = (async () => {
      for (let event = await reading.next(); event !== undefined; event = await reading.next()) {
        seen += 1
        if (event.object.data.n === '2999') return
      }
    })()
    const big = 'x'.repeat(10_000)
    for (let index = 0; index < 3000; index += 1) {
      await server.client.patch('ConfigMap', key, { data: { big, n: `${index}` } })
      // Reader, server and writer share one thread here: let the reader have its turns.
      while (index - seen > 200) await new Promise((resolve) => setImmediate(resolve))
    }
    await all
    expect(seen).toBe(3000)
    const watched = () => server.registry.core.store.watcherCount('configmaps')
    expect(watched()).toBe(1)
    stalled.stop()
    reading.stop()
  })

  it('end when their time is up', async () => {
    const watch = await server.openWatch(`${configMaps}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dnone`)
    expect(await watch.next()).toBeUndefined()
  })

  it('say nothing after their end to a client that was behind, least of all that it has seen everything', async () => {
    const clock = makeVirtualClock()
    const slow = makeSlowResponse(1)
    answerWatch(server.registry, kindOf('configmaps'), () => slow.response, {
      request: { namespace: 'test', fieldSelector: 'metadata.name=one' },
      initial: true,
      initialBookmark: true,
      bookmarks: true,
      timeoutMs: 1000,
      clock,
    })
    await clock.advance(1000)
    expect(slow.read(9)).toEqual([expect.stringMatching(/^{"type":"ADDED"/)])
    await clock.advance(120_000)
    expect(slow.read(9)).toEqual([])
  })
})

function kindOf(plural: string): KindDefinition {
  const kind = server.registry.core.kinds.find('', 'v1', plural)
  if (kind === undefined) throw new Error(`no ${plural}`)
  return kind
}

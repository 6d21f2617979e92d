// Writers race and watchers drop and resume, over real connections: what each watcher has seen must add up to what is stored.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { configMap, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
const path = '/api/v1/namespaces/test/configmaps'
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const write = fc.record({
  kind: fc.constantFrom('create', 'put', 'patch', 'delete', 'stale'),
  name: fc.constantFrom('a', 'b', 'c', 'd'),
})
const writers = fc.array(fc.array(write, { minLength: 5, maxLength: 25 }), { minLength: 2, maxLength: 6 })

/** A client that watches, forgets its connection after some events, and goes on from the last version it saw. */
async function follow(from: number, dropAfter: number): Promise<{ state: Map<string, string>; versions: number[] }> {
  const state = new Map<string, string>()
  const versions: number[] = []
  let last = from
  for (;;) {
    const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=${last}`
    const watch = await server.openWatch(`${path}?${query}`)
    for (let taken = 0; taken < dropAfter; taken += 1) {
      const event = await watch.next()
      if (event === undefined) break
      const { metadata, data } = event.object
      const version = Number(metadata.resourceVersion)
      versions.push(version)
      last = version
      if (event.type === 'DELETED') state.delete(metadata.name)
      else state.set(metadata.name, data.value)
      if (event.type === 'ADDED' && metadata.name === 'end') {
        watch.stop()
        return { state, versions }
      }
    }
    watch.stop()
  }
}

it('gives every watcher the same story, and every writer a true answer', async () => {
  await fc.assert(
    fc.asyncProperty(writers, fc.integer({ min: 1, max: 9 }), async (plans, dropAfter) => {
      for (const { metadata } of server.client.list('ConfigMap', { namespace: 'test' })) {
        await server.client.remove('ConfigMap', { namespace: 'test', name: metadata.name ?? '' })
      }
      const start = server.registry.core.store.revision()
      const followers = [follow(start, dropAfter), follow(start, dropAfter + 3)]
      const acknowledged: number[] = []

      async function perform(plan: { kind: string; name: string }[], writer: number): Promise<void> {
        for (const [index, { kind, name }] of plan.entries()) {
          const value = `${writer}-${index}`
          const answer = await sendWrite(kind, name, value)
          const version = Number(answer.body.metadata?.resourceVersion)
          const isWritten = answer.code < 300 && kind !== 'delete'
          if (isWritten) acknowledged.push(version)
          if (isWritten) expect(answer.body.data.value).toBe(value)
          else expect([200, 404, 409]).toContain(answer.code)
          if (kind === 'stale') expect([404, 409]).toContain(answer.code)
        }
      }
      await Promise.all(plans.map(perform))
      // A last write, so that there is something to wait for.
      await server.client.create(configMap('end', { value: 'end' }))

      const stories = await Promise.all(followers)
      const stored = server.client.list('ConfigMap', { namespace: 'test' })
      const truth = stored.map(({ metadata, data }) => [metadata.name, data?.value])
      expect(new Set(acknowledged).size).toBe(acknowledged.length)
      for (const { state, versions } of stories) {
        expect([...state].sort()).toEqual(truth)
        expect(versions).toEqual([...versions].sort((a, b) => a - b))
        expect(new Set(versions).size).toBe(versions.length)
        for (const version of acknowledged) expect(versions).toContain(version)
      }
    }),
    { numRuns: 8, verbose: 1 },
  )
}, 60_000)

function sendWrite(kind: string, name: string, value: string) {
  const body = { metadata: { name }, data: { value } }
  switch (kind) {
    case 'create':
      return server.call('POST', path, { body })
    case 'put':
      return server.call('PUT', `${path}/${name}`, { body })
    case 'patch':
      return server.call('PATCH', `${path}/${name}`, {
        body: { data: { value } },
        headers: { 'content-type': 'application/merge-patch+json' },
      })
    case 'delete':
      return server.call('DELETE', `${path}/${name}`)
    default:
      return server.call('PUT', `${path}/${name}`, { body: { ...body, metadata: { name, resourceVersion: '1' } } })
  }
}

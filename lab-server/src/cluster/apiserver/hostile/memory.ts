// How much memory the API server keeps after many requests that mean harm. Prints figures; judges nothing.
// Run: node --expose-gc memory.ts [requests]
import fc from 'fast-check'
import { makeKindTable } from '../../objects/kind-table.ts'
import { definitionName } from '../../openapi/schemas.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { junkBodies, wrongBodies } from './arbitrary-objects.ts'
import { head, openRaw, spdyHeaders, webSocketHeaders } from './raw-connection.ts'

const total = Number(process.argv[2] ?? 20_000)
const every = Math.ceil(total / 10)
const server = await startTestServer({
  onUnexpected: (error) => process.stderr.write(`${(error as Error).stack}\n`),
})
const kinds = makeKindTable()
  .all()
  .filter((kind) => (kind.verbs ?? ['create']).includes('create') && definitionName(kind) !== undefined)
const codes = new Map<string, number>()

report(0)
for (let done = 0; done < total; done += every) {
  // Bodies are made afresh for each part, so that none of them is kept.
  await sendPart(server, done, Math.min(every, total - done))
  report(done + every)
}
process.stdout.write(`${[...codes].map(([code, count]) => `${code}: ${count}`).join(', ')}\n`)
await server.stop()

async function sendPart(target: TestServer, seed: number, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const kind = kinds[(seed + index) % kinds.length]
    if (kind === undefined) return
    if (index % 20 === 19) {
      await dropConnection(target, index)
      continue
    }
    const bodies = index % 2 === 0 ? wrongBodies(kind).map(({ body }) => body) : junkBodies(kind)
    const [body] = fc.sample(bodies, { seed: seed + index, numRuns: 1 })
    const base = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
    const path = `${base}${kind.namespaced ? '/namespaces/test' : ''}/${kind.plural}`
    const { code } = await target.call('POST', `${path}?dryRun=All`, { body })
    codes.set(String(code), (codes.get(String(code)) ?? 0) + 1)
  }
}

async function dropConnection(target: TestServer, index: number): Promise<void> {
  const raw = await openRaw(target)
  const configMaps = '/api/v1/namespaces/test/configmaps'
  const requests = [
    head('POST', configMaps, { 'Content-Length': 100_000 }) + '{"metadata":'.repeat(100),
    head('GET', `${configMaps}?watch=1`),
    head('GET', `${configMaps}?watch=1`, webSocketHeaders),
    head('POST', '/api/v1/namespaces/test/pods/none/exec?command=sh&stdin=1', spdyHeaders),
  ]
  raw.send(requests[Math.floor(index / 20) % requests.length] ?? '')
  raw.drop()
  codes.set('dropped', (codes.get('dropped') ?? 0) + 1)
}

function report(done: number): void {
  globalThis.gc?.()
  const { heapUsed, rss, external } = process.memoryUsage()
  const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1).padStart(7)
  const line = `${String(done).padStart(6)} requests: heap ${megabytes(heapUsed)} MB, external ${megabytes(external)} MB, resident ${megabytes(rss)} MB`
  process.stdout.write(`${line}, watchers ${server.registry.core.store.watcherCount('configmaps')}\n`)
}

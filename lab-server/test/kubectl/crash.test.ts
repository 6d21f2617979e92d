// What the API server has acknowledged is there after the process was killed, wherever it was: twenty seeded rounds on
// one data folder, with writers at work in each. And what it was in the middle of goes on.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'

const rounds = 20
// With what Node compiled before: it is started two dozen times.
const main = new URL('../../bin/lab.js', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'crash-'))
const dataDir = join(folder, 'cluster')
let cluster: RunningCluster | undefined
beforeAll(() => mkdirSync(dataDir))
afterAll(async () => {
  await cluster?.kill()
  rmSync(folder, { recursive: true, force: true })
})

interface RunningCluster {
  call(method: string, path: string, body?: unknown): Promise<{ code: number; body: string }>
  /** Ends it without a word, as a power cut does. */
  kill(): Promise<void>
}

async function start(round: number): Promise<RunningCluster> {
  const file = join(folder, `kubeconfig-${round}`)
  // A second try must not take the first one's for its own.
  rmSync(file, { force: true })
  const child = spawn(process.execPath, [main, 'cluster', '--data-dir', dataDir, '--kubeconfig', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaints = ''
  child.stderr.on('data', (chunk) => {
    complaints += chunk
  })
  while (!existsSync(file)) {
    if (child.exitCode !== null) throw new Error(`round ${round}: the cluster did not start: ${complaints}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return connect(child, readFileSync(file, 'utf8'))
}

function connect(child: ChildProcess, kubeconfig: string): RunningCluster {
  const config = parse(kubeconfig)
  const decode = (text: string) => Buffer.from(text, 'base64')
  const { user } = config.users[0]
  const { server, 'certificate-authority-data': authority } = config.clusters[0].cluster
  const agent = new Agent({
    keepAlive: true,
    ca: decode(authority),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  })
  return {
    call: (method, path, body) =>
      new Promise((resolve, reject) => {
        const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
        const outgoing = request(`${server}${path}`, { method, agent, headers: { 'content-type': type } })
        outgoing.on('error', reject)
        outgoing.on('response', (incoming) => {
          let text = ''
          incoming.on('data', (chunk) => {
            text += chunk
          })
          incoming.on('error', reject)
          incoming.on('end', () => resolve({ code: incoming.statusCode ?? 0, body: text }))
        })
        outgoing.end(body === undefined ? undefined : JSON.stringify(body))
      }),
    async kill() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await ended
      }
      agent.destroy()
    },
  }
}

const configMaps = '/api/v1/namespaces/default/configmaps'

/** What a writer knows of its object: the last acknowledged state, and a later one whose answer never came. */
interface Known {
  acknowledged: string | undefined
  attempted: (string | undefined)[]
}

/** Writes one object again and again until the server is gone. */
async function keepWriting(running: RunningCluster, name: string, known: Known, steps: number[]): Promise<void> {
  for (let index = 0; ; index += 1) {
    const isRemoval = known.acknowledged !== undefined && (steps[index % steps.length] ?? 0) < 2
    const value = isRemoval ? undefined : `${name} ${index} ${'x'.repeat((steps[index % steps.length] ?? 0) * 200)}`
    known.attempted.push(value)
    const answer = await write(running, name, known.acknowledged, value).catch(() => undefined)
    if (answer === undefined) return
    expect(answer.code, answer.body).toBeLessThan(300)
    known.acknowledged = value
    known.attempted = []
  }
}

function write(running: RunningCluster, name: string, before: string | undefined, value: string | undefined) {
  if (value === undefined) return running.call('DELETE', `${configMaps}/${name}`)
  if (before !== undefined) return running.call('PATCH', `${configMaps}/${name}`, { data: { value } })
  return running.call('POST', configMaps, { metadata: { name }, data: { value } })
}

async function readAll(running: RunningCluster): Promise<Map<string, string>> {
  const { code, body } = await running.call('GET', configMaps)
  expect(code).toBe(200)
  const { items } = JSON.parse(body) as { items: { metadata: { name: string }; data: { value: string } }[] }
  return new Map(items.map(({ metadata, data }) => [metadata.name, data.value]))
}

it('has every acknowledged write after kill -9 at random points', async () => {
  const plans = fc.sample(
    fc.record({ killAfterMs: fc.integer({ min: 5, max: 300 }), steps: fc.array(fc.nat(9), { minLength: 7 }) }),
    { seed: 20261123, numRuns: rounds },
  )
  const objects = new Map<string, Known>(
    Array.from({ length: 6 }, (_, index) => [`object-${index}`, { acknowledged: undefined, attempted: [] }]),
  )
  let writes = 0
  for (const [round, { killAfterMs, steps }] of plans.entries()) {
    cluster = await start(round)
    const found = await readAll(cluster)
    for (const [name, known] of objects) {
      // Of a write whose answer never came, either outcome is right.
      expect([known.acknowledged, ...known.attempted], `${name} in round ${round}`).toContain(found.get(name))
      if (known.acknowledged !== undefined) writes += 1
      known.acknowledged = found.get(name)
      known.attempted = []
    }
    const running = cluster
    const writers = [...objects].map(([name, known]) => keepWriting(running, name, known, steps))
    await new Promise((resolve) => setTimeout(resolve, killAfterMs))
    await cluster.kill()
    await Promise.all(writers)
  }
  expect(writes).toBeGreaterThan(rounds)
}, 300_000)

it('goes on with the deletion of a namespace after kill -9 in the middle of it', async () => {
  const doomed = '/api/v1/namespaces/doomed'
  const running = await start(rounds)
  cluster = running
  await running.call('POST', '/api/v1/namespaces', { metadata: { name: 'doomed' } })
  const names = Array.from({ length: 200 }, (_, index) => `object-${index}`)
  const made = names.map((name) => running.call('POST', `${doomed}/configmaps`, { metadata: { name }, data: { name } }))
  for (const { code } of await Promise.all(made)) expect(code).toBe(201)
  // The last one does not go by itself, so that the second kill finds the deletion going on too.
  const held = { name: 'held', finalizers: ['example.com/hold'] }
  await running.call('POST', `${doomed}/configmaps`, { metadata: held })
  const { body } = await running.call('POST', configMaps, { metadata: { name: 'elsewhere' } })
  expect((await running.call('DELETE', doomed)).code).toBe(200)
  await running.kill()

  const second = await start(rounds + 1)
  cluster = second
  const left = async (from: RunningCluster) => {
    const { items } = JSON.parse((await from.call('GET', `${doomed}/configmaps`)).body)
    return items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
  }
  await expect.poll(() => left(second), { timeout: 60_000 }).toEqual(['held'])
  expect(JSON.parse((await second.call('GET', doomed)).body).status.phase).toBe('Terminating')
  await second.kill()

  const third = await start(rounds + 2)
  cluster = third
  expect(await left(third)).toEqual(['held'])
  await third.call('PATCH', `${doomed}/configmaps/held`, { metadata: { finalizers: null } })
  await expect.poll(async () => (await third.call('GET', doomed)).code, { timeout: 60_000 }).toBe(404)
  expect(await left(third)).toEqual([])
  expect((await third.call('GET', `${configMaps}/elsewhere`)).body).toBe(body)
}, 240_000)

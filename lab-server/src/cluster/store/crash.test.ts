// kill -9 at named points of the store's work on files, life after life on one folder. CRASH_CYCLES=200 runs the whole programme.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openStore } from './store.ts'

const cycles = Number(process.env.CRASH_CYCLES ?? 16)
const dir = mkdtempSync(join(tmpdir(), 'store-crash-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

// Write 1 to 34 or so are the journal's; then a snapshot is written, synced, renamed, and the old files go.
const points = [
  'writeSync:before:9',
  'writeSync:half:17',
  'writeSync:after:30',
  'writeSync:half:36',
  'writeSync:before:37',
  'writeSync:after:38',
  'openSync:after:2',
  'openSync:after:3',
  'fsyncSync:before:1',
  'fsyncSync:after:1',
  'renameSync:before:1',
  'renameSync:after:1',
  'unlinkSync:before:1',
  'unlinkSync:after:1',
  'unlinkSync:after:2',
  'writeSync:after:70',
]

/** One life of a writer, to its end. */
function live(life: number, crashAt: string): Promise<{ signal: string | null; said: string[] }> {
  const file = (name: string) => new URL(name, import.meta.url).pathname
  const env = { ...process.env, CRASH_AT: crashAt, STORE_DIR: dir, STORE_LIFE: `${life}` }
  const child = spawn(process.execPath, ['--import', file('crash-points.ts'), file('crash-writer.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += `stderr ${chunk}`
  })
  return new Promise((resolve) => child.on('close', (_code, signal) => resolve({ signal, said: output.split('\n') })))
}

it(`has what was acknowledged, in each of ${cycles} lives that ended anywhere`, async () => {
  let known = new Map<string, string>()
  let revision = 1
  for (let life = 0; life < cycles; life += 1) {
    const point = points[life % points.length] ?? ''
    const { signal, said } = await live(life, point)
    expect(signal, `${point}: ${said.slice(-3).join(' ')}`).toBe('SIGKILL')
    const acknowledged = new Map(known)
    let pending: [string, string] | undefined
    for (const line of said) {
      const [word, first = '', second = ''] = line.split(' ')
      if (word === 'try') pending = [first, second]
      if (word !== 'done' || !pending) continue
      const [key, value] = pending
      if (value === '-') acknowledged.delete(key)
      else acknowledged.set(key, value)
      revision = Number(first)
      pending = undefined
    }
    const store = openStore({ dir })
    const found = new Map(store.list('things').map(({ metadata, value }) => [metadata.name ?? '', String(value)]))
    // The write that was never answered may have happened or not; every other one has.
    const withPending = new Map(acknowledged)
    if (pending?.[1] === '-') withPending.delete(pending[0])
    else if (pending) withPending.set(...pending)
    const isLater = store.revision() === revision + 1
    expect(store.revision() === revision || isLater, `${point}: revision ${store.revision()} after ${revision}`).toBe(
      true,
    )
    expect(found, point).toEqual(isLater ? withPending : acknowledged)
    store.stop()
    known = found
    revision = store.revision()
  }
}, 600_000)

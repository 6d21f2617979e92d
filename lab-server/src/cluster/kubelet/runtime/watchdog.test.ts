import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startWatchdog } from './watchdog.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchdog-'))
  chmodSync(folder, 0o711)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Alive, and not only waiting for init to bury it. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const sleeper = () => spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })

test('a server that is killed takes its containers with it', async () => {
  const fixture = fileURLToPath(new URL('./runtime-fixture.ts', import.meta.url))
  const script = `
    const { makeRuntimeFixture } = await import(${JSON.stringify(fixture)})
    const fixture = makeRuntimeFixture()
    await fixture.start({ command: ['sh', '-c', 'sleep 1000'] })
    await fixture.start({ image: 'nginx' })
    console.log(fixture.dataDir)
    setInterval(() => {}, 1000)`
  const server = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const dataDir = await new Promise<string>((resolve) =>
    server.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())),
  )
  const groups = readdirSync(join(dataDir, 'processes')).map(Number)
  expect(groups.length).toBeGreaterThanOrEqual(2)
  expect(groups.filter(isAlive)).toEqual(groups)

  server.kill('SIGKILL')
  await expect.poll(() => groups.filter(isAlive), { timeout: 5000 }).toEqual([])
  rmSync(dataDir, { recursive: true, force: true })
}, 20_000)

test('what an earlier server left is ended at the next start, and nothing else', async () => {
  const first = startWatchdog(folder)
  const left = sleeper()
  const other = sleeper()
  first.guard(left.pid ?? 0)
  first.guard(other.pid ?? 0)
  first.release(other.pid ?? 0)

  const second = startWatchdog(folder)
  await expect.poll(() => isAlive(left.pid ?? 0)).toBe(false)
  expect(isAlive(other.pid ?? 0)).toBe(true)
  other.kill('SIGKILL')
  await Promise.all([first.stop(), second.stop()])
})

// The lab's two processes die without a word, one at a time and together: the attempt goes on.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type LabProcess, startLabProcess } from '../../bench/lab-process.ts'
import type { Attempt } from '../../src/contract/attempts.ts'

const run = promisify(execFile)
const env = { LAB_WARM_POOL: '0', LAB_INSTRUCTOR_TOKEN: 'crash-test' }
let lab: LabProcess
let id: string
let kubeconfig: string

const attempt = () => lab.ask<Attempt>('GET', `/attempts/${id}`)
const kubectl = async (...args: string[]) => (await run('kubectl', ['--kubeconfig', kubeconfig, ...args])).stdout
const until = (state: Attempt['state']) =>
  vi.waitFor(async () => expect((await attempt()).state).toBe(state), { timeout: 90_000, interval: 200 })
/** Every check has been looked at, and is as red as before. */
const isRed = () =>
  vi.waitFor(
    async () => expect((await attempt()).checks.map((check) => check.status)).toEqual(['failed', 'failed', 'failed']),
    {
      timeout: 60_000,
      interval: 200,
    },
  )

/** The process with the clusters, by its command line. */
function hostProcess(): number {
  const pid = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8')
        return command.includes('host-main.ts') && command.includes(lab.dataDir)
      } catch {
        return false
      }
    })
  if (pid === undefined) throw new Error('no process with the clusters')
  return Number(pid)
}

beforeAll(async () => {
  lab = await startLabProcess(env)
  ;({ id } = await lab.ask<Attempt>('POST', '/attempts', { scenarioId: 'tasks-do-not-load' }))
  await until('broken')
  kubeconfig = join(lab.dataDir, 'student.kubeconfig')
  await writeFile(kubeconfig, await lab.ask<string>('GET', `/attempts/${id}/kubeconfig`), { mode: 0o600 })
}, 120_000)
afterAll(() => lab?.stop(), 60_000)

test('an attempt survives the death of the web server', async () => {
  await lab.kill()
  expect(await kubectl('get', 'service', 'backend-svc', '-o', 'name')).toBe('service/backend-svc\n')
  lab = await startLabProcess(env, lab.dataDir)
  expect((await attempt()).state).toBe('broken')
  await isRed()
})

test('the clusters come back by themselves, at the same address and with the same objects', async () => {
  await kubectl('create', 'configmap', 'acknowledged')
  process.kill(hostProcess(), 'SIGKILL')
  await vi.waitFor(() => kubectl('get', 'configmap', 'acknowledged'), { timeout: 60_000, interval: 200 })
  await isRed()
})

test('after the death of both, the repair is still seen', async () => {
  const host = hostProcess()
  await lab.kill()
  process.kill(host, 'SIGKILL')
  lab = await startLabProcess(env, lab.dataDir)
  await isRed()
  await kubectl('set', 'selector', 'service', 'backend-svc', 'app=backend')
  await until('solved')
})

test('a reset that the death of the web server cuts off is made to its end, with the same kubeconfig', async () => {
  await lab.ask('POST', `/attempts/${id}/reset`)
  await lab.kill()
  lab = await startLabProcess(env, lab.dataDir)
  await until('broken')
  await isRed()
  expect(await kubectl('get', 'service', 'backend-svc', '-o', 'jsonpath={.spec.selector.app}')).not.toBe('backend')
  expect(await lab.ask<string>('GET', `/attempts/${id}/kubeconfig`)).toBe(await readFile(kubeconfig, 'utf8'))
})

test('a preparation that it cuts off is begun anew', async () => {
  const { id: next } = await lab.ask<Attempt>('POST', '/attempts', { scenarioId: 'tasks-do-not-load' })
  const startsDatabase = async () => expect((await lab.ask<Attempt>('GET', `/attempts/${next}`)).stage).toBe('database')
  await vi.waitFor(startsDatabase, { timeout: 30_000, interval: 50 })
  await lab.kill()
  lab = await startLabProcess(env, lab.dataDir)
  await vi.waitFor(async () => expect((await lab.ask<Attempt>('GET', `/attempts/${next}`)).state).toBe('broken'), {
    timeout: 90_000,
    interval: 200,
  })
})

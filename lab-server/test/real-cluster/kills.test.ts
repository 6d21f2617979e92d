// kill -9 of the lab at named points: what a student sees afterwards is true, and the cluster keeps nothing. A few
// times in every run; KILLS=50 for the whole round, SEED to repeat one.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { images } from '@taskmaster-lab/workload/images'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Cluster, startCluster } from '../../src/cluster/index.ts'
import type { Attempt } from '../../src/contract/attempts.ts'
import { readKubeconfig, writeKubeconfig } from '../../src/lab/kubernetes/kubeconfig.ts'
import { type KubernetesApi, makeKubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { type KillPoint, killPoints, type Phase } from './kill-points.ts'
import { type LabProcess, startLabProcess } from './lab-process.ts'
import { findRealCluster } from './real-cluster.ts'

const kills = Number(process.env.KILLS ?? 5)
const seed = Number(process.env.SEED ?? Date.now() % 100_000)
const phases: Phase[] = ['preparing', 'injecting', 'grading', 'resetting', 'deleting']
const instance = 'kills'

let folder: string
let embedded: Cluster | undefined
let postgres: EmbeddedPostgres
let api: KubernetesApi
let proxy: FaultProxy
let lab: LabProcess | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kills-'))
  const real = await findRealCluster()
  if ('reason' in real) embedded = await startCluster({ dataDir: join(folder, 'cluster'), images, onUnexpected() {} })
  const kubeconfig = 'reason' in real ? (embedded?.kubeconfig ?? '') : real.kubeconfig
  process.stderr.write(`${kills} kills on ${'reason' in real ? 'an embedded cluster' : real.version}, seed ${seed}\n`)
  postgres = await startEmbeddedPostgres({ dataDir: folder, onLog() {} })
  api = makeKubernetesApi(readKubeconfig(kubeconfig))
  proxy = await startFaultProxy(readKubeconfig(kubeconfig))
  const through = writeKubeconfig({ server: proxy.access.server, token: 'none' }, { cluster: 'proxy', user: 'lab' })
  await writeFile(join(folder, 'kubeconfig'), through, { mode: 0o600 })
})
afterAll(async () => {
  await lab?.kill()
  await proxy.stop()
  api.close()
  await postgres.stop()
  await embedded?.stop()
  await rm(folder, { recursive: true, force: true })
})

const startLab = () =>
  startLabProcess({
    LAB_CLUSTER: 'kubeconfig',
    KUBECONFIG: join(folder, 'kubeconfig'),
    LAB_INSTANCE: instance,
    LAB_WARM_POOL: '0',
    LAB_DATA_DIR: join(folder, 'data'),
    DATABASE_URL: postgres.url,
  })

/** Numbers that a seed repeats. */
function dice(start: number): (below: number) => number {
  let state = start
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}

/** What the lab made and has not removed. */
async function remains(): Promise<string[]> {
  const spaces = await api.list('Namespace', undefined, { 'taskmaster-lab.dev/instance': instance })
  const names = spaces.map(({ metadata }) => metadata.name)
  const accounts = await api.list('ServiceAccount', 'taskmaster-lab-students', { 'taskmaster-lab.dev/part': 'access' })
  const bindings = (await api.list('RoleBinding')).filter(({ metadata }) => names.includes(metadata.namespace ?? ''))
  return [
    ...names.map((name) => `Namespace ${name}`),
    ...accounts.map(({ metadata }) => `ServiceAccount ${metadata.name}`),
    ...bindings.map(({ metadata }) => `RoleBinding ${metadata.namespace}/${metadata.name}`),
  ]
}

const repair = (attempt: Attempt) =>
  api.mergePatch(
    { kind: 'Service', namespace: attempt.namespace, name: 'backend-svc' },
    { spec: { selector: { app: 'backend' } } },
  )

/** Kills the lab at the n-th request that the point names, and starts it again. */
async function killAt(target: KillPoint, { nth, when }: { nth: number; when: 'before' | 'after' }, act: () => unknown) {
  const victim = lab
  if (!victim) throw new Error('no lab is running')
  let left = nth
  const killed = new Promise<void>((resolve) => {
    proxy.trap(
      (request) => (target.isHit(request) && left-- === 1 ? when : undefined),
      () => void victim.kill().then(resolve),
    )
  })
  // Its answer never comes.
  void Promise.resolve(act()).catch(() => {})
  await Promise.race([
    killed,
    new Promise((_, reject) => setTimeout(() => reject(new Error(`${target.name} was never asked`)), 120_000).unref()),
  ])
  lab = await startLab()
}

const scenarioId = 'tasks-do-not-load'
const start = () => lab?.ask<Attempt>('POST', '/attempts', { scenarioId }) as Promise<Attempt>

/** One attempt, killed in one phase; the state that it must have afterwards. */
async function attemptKilled(target: KillPoint, how: { nth: number; when: 'before' | 'after' }): Promise<void> {
  const { phase } = target
  if (!lab) throw new Error('no lab is running')
  if (phase === 'preparing') {
    let id = ''
    await killAt(target, how, async () => {
      id = (await start()).id
    })
    const attempt = await lab.inState(id, ['failed'])
    expect(attempt.problem).toMatch(/restarted while this attempt was being prepared/)
    return
  }
  const { id } = await start()
  if (phase === 'injecting') {
    await killAt(target, how, () => {})
    const attempt = await lab.inState(id, ['failed', 'broken'])
    // The last answer may have come in time: then it is broken, and goes on.
    if (attempt.state === 'failed') expect(attempt.problem).toMatch(/restarted while this attempt was being prepared/)
    await lab.ask('DELETE', `/attempts/${id}`)
    return
  }
  const broken = await lab.inState(id, ['broken'])
  if (phase === 'grading') {
    await killAt(target, how, () => repair(broken))
    const solved = await lab.inState(id, ['solved'])
    expect(solved.score).toMatchObject({ points: 100 })
    await lab.ask('DELETE', `/attempts/${id}`)
    expect((await lab.ask<Attempt>('GET', `/attempts/${id}`)).state).toBe('solved')
    return
  }
  if (phase === 'resetting') {
    await killAt(target, how, () => lab?.ask('POST', `/attempts/${id}/reset`))
    const attempt = await lab.inState(id, ['failed', 'broken'])
    if (attempt.state === 'failed') expect(attempt.problem).toMatch(/restarted while this attempt was being prepared/)
    await lab.ask('DELETE', `/attempts/${id}`)
    return
  }
  await killAt(target, how, () => lab?.ask('DELETE', `/attempts/${id}`))
  expect((await lab.ask<Attempt>('GET', `/attempts/${id}`)).state).toBe('abandoned')
}

const random = dice(seed)
const rounds = Array.from({ length: kills }, (_, index) => {
  const phase = phases[index % phases.length]
  const candidates = killPoints.filter((candidate) => candidate.phase === phase)
  const target = candidates[random(candidates.length)] as KillPoint
  const nth = target.phase === 'grading' ? 1 + random(6) : 1
  return { target, nth, when: random(2) === 0 ? ('before' as const) : ('after' as const) }
})

it.each(rounds.map((round, index) => [index + 1, round.target.phase, round.when, round.target.name, round] as const))(
  'kill %i: %s, %s "%s"',
  async (_number, _phase, _when, _name, { target, ...how }) => {
    lab ??= await startLab()
    await attemptKilled(target, how)
    await expect.poll(remains, { timeout: 60_000, interval: 500 }).toEqual([])
  },
)

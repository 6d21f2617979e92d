// kill -9 of the lab at named points: what a student sees afterwards is true, and the cluster keeps nothing. A few
// times in every run; KILLS=50 for the whole round, SEED to repeat one.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Attempt } from '../../src/contract/attempts.ts'
import type { KubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'
import type { KubeObject } from '../../src/lab/kubernetes/objects.ts'
import type { FaultProxy } from './fault-proxy.ts'
import { type KillPoint, killPoints, type Phase } from './kill-points.ts'
import { type KillableLabs, startKillableLabs } from './killable-labs.ts'
import type { LabProcess } from './lab-process.ts'

const kills = Number(process.env.KILLS ?? 7)
const seed = Number(process.env.SEED ?? Date.now() % 100_000)
/** What happens to one attempt: each is killed in these phases, one after the other. */
const lives: Phase[][] = [['preparing'], ['injecting'], ['grading', 'grading', 'judging', 'deleting'], ['resetting']]
const instance = 'kills'
/** Four kills, each with what comes back after it, on a busy machine. */
const lifeTimeoutMs = 900_000

let labs: KillableLabs
let api: KubernetesApi
let proxy: FaultProxy
let lab: LabProcess | undefined
beforeAll(async () => {
  process.stderr.write(`${kills} kills, seed ${seed}\n`)
  labs = await startKillableLabs(instance)
  api = labs.cluster.api
  proxy = labs.proxy
})
afterAll(() => labs.stop())

const startLab = () => labs.start('data')

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
  const spaces = await api.list('Namespace')
  const isOurs = ({ metadata }: KubeObject) => metadata.labels?.['taskmaster-lab.dev/instance'] === instance
  const names = spaces.filter(isOurs).map(({ metadata }) => metadata.name)
  // An account bears the name of its namespace. That of another lab's namespace is not ours to count.
  const foreign = new Set(spaces.filter((space) => !isOurs(space)).map(({ metadata }) => metadata.name))
  const all = await api.list('ServiceAccount', 'taskmaster-lab-students', { 'taskmaster-lab.dev/part': 'access' })
  const accounts = all.filter(({ metadata }) => !foreign.has(metadata.name))
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
  const victim = running()
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
function running(): LabProcess {
  if (!lab) throw new Error('no lab is running')
  return lab
}
const start = () => running().ask<Attempt>('POST', '/attempts', { scenarioId })

interface Kill {
  target: KillPoint
  nth: number
  when: 'before' | 'after'
}

/** One attempt, killed at each of these; whatever is seen of it afterwards has to be true. */
async function live(life: readonly Kill[]): Promise<void> {
  const phase = life[0]?.target.phase
  let id = ''
  if (phase === 'preparing' || phase === 'injecting') {
    const [kill] = life as [Kill]
    await killAt(kill.target, kill, async () => {
      id = (await start()).id
    })
    await running().inState(id, ['broken'])
    return running().ask('DELETE', `/attempts/${id}`)
  }
  id = (await start()).id
  const broken = await running().inState(id, ['broken'])
  for (const kill of life) {
    await killAt(kill.target, kill, () => {
      if (kill.target.phase === 'deleting') return running().ask('DELETE', `/attempts/${id}`)
      if (kill.target.phase === 'resetting') return running().ask('POST', `/attempts/${id}/reset`)
      return kill.target.phase === 'judging' ? repair(broken) : undefined
    })
    if (kill.target.phase === 'grading') await running().inState(id, ['broken'])
    if (kill.target.phase === 'judging') {
      expect((await running().inState(id, ['solved'])).score).toMatchObject({ points: 100 })
    }
  }
  if (phase === 'resetting') {
    // The reset was made to its end, in the same place.
    expect((await running().inState(id, ['broken'])).namespace).toBe(broken.namespace)
  } else {
    const isJudged = life.some(({ target }) => target.phase === 'judging')
    expect((await running().ask<Attempt>('GET', `/attempts/${id}`)).state).toBe(isJudged ? 'solved' : 'broken')
  }
  await running().ask('DELETE', `/attempts/${id}`)
}

/** Whole lives until there are enough kills; the last may be cut short. */
function planLives(): Kill[][] {
  const random = dice(seed)
  const planned: Kill[][] = []
  for (let left = kills; left > 0; left -= planned.at(-1)?.length ?? left) {
    const life = (lives[planned.length % lives.length] ?? []).slice(0, left)
    planned.push(
      life.map((phase) => {
        const candidates = killPoints.filter((candidate) => candidate.phase === phase)
        const target = candidates[random(candidates.length)] as KillPoint
        const isRepeated = phase === 'grading' || phase === 'judging'
        return { target, nth: isRepeated ? 1 + random(6) : 1, when: random(2) === 0 ? 'before' : 'after' }
      }),
    )
  }
  return planned
}

const describeKill = ({ target, nth, when }: Kill) => `${target.phase}, ${when} "${target.name}" (${nth})`

it.each(planLives().map((life, index) => [index + 1, life.map(describeKill).join('; '), life] as const))(
  'attempt %i, killed: %s',
  async (_number, _kills, life) => {
    lab ??= await startLab()
    await live(life)
    await expect.poll(remains, { timeout: 180_000, interval: 500 }).toEqual([])
  },
  lifeTimeoutMs,
)

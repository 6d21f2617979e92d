// What the routes ask of the lab: who may start, see, reset and end which attempt. How attempts run is in running-attempts.ts.
import type { Attempt, Hints } from '../contract/attempts.ts'
import { type AttemptRecord, newAttemptRecord } from './attempt-record.ts'
import type { AttemptShells } from './attempt-shells.ts'
import type { AttemptStore } from './attempt-store.ts'
import { describeAttempt } from './describe-attempt.ts'
import type { Lab, Person } from './lab.ts'
import { LabError } from './lab-error.ts'
import type { LiveAttempt } from './live-attempt.ts'
import { prepareSandbox } from './prepared-sandbox.ts'
import { makeReport } from './report/report.ts'
import { makeRunningAttempts } from './running-attempts.ts'
import type { SandboxProvider } from './sandbox.ts'
import type { Catalogue, Scenario } from './scenarios/scenario.ts'
import { summarise } from './scenarios/summarise.ts'
import { newSeed, variantOf } from './scenarios/variants.ts'
import { newStages } from './stages.ts'
import { startWarmPool, type WarmPool } from './warm-pool.ts'

export interface LabOptions {
  provider: SandboxProvider
  store: AttemptStore
  catalogue: Catalogue
  /** Sandboxes kept healthy ahead of need. */
  warmPool?: number
  /** How many attempts may run at once. */
  maxAttempts?: number
  /** Seconds of the hold window in place of the scenarios' own: for tests. */
  holdSeconds?: number
  shells?: AttemptShells
  appUrlOf(attemptId: string): string
  /** Problems that no request hears of. */
  onProblem(error: unknown, attemptId?: string): void
  now?(): Date
}

const defaultMaxAttempts = 60

/** Starts the lab: takes up what a restart interrupted, then fills the warm pool. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { provider, store } = options
  const now = options.now ?? (() => new Date())
  let pool: WarmPool | undefined
  let isStopping = false

  const scenarioOf = (id: string, seed = 0): Scenario | undefined => {
    const found = options.catalogue.get(id)
    if (!found) return undefined
    const scenario = variantOf(found, seed)
    return options.holdSeconds === undefined ? scenario : { ...scenario, holdSeconds: options.holdSeconds }
  }

  const attempts = makeRunningAttempts({ ...options, now, scenarioOf, takeWarm: () => pool?.take() })
  const { live } = attempts

  function mayAsk(person: Person, record: AttemptRecord): boolean {
    return person.role === 'instructor' || record.owner === person.id
  }

  function getLive(person: Person, id: string): LiveAttempt | undefined {
    const attempt = live.get(id)
    return attempt && mayAsk(person, attempt.record) ? attempt : undefined
  }

  /** The attempt while it runs. */
  async function running(person: Person, id: string): Promise<LiveAttempt> {
    const attempt = getLive(person, id)
    if (attempt) return attempt
    const record = await recordOf(person, id)
    throw new LabError('attempt-ended', `This attempt has ended (${record.state}). Start the scenario again to go on.`)
  }

  async function recordOf(person: Person, id: string): Promise<AttemptRecord> {
    const record = getLive(person, id)?.record ?? (await store.find(id))
    if (record && mayAsk(person, record)) return record
    throw new LabError('not-found', `There is no attempt ${id}.`)
  }

  const shown = (record: AttemptRecord): Attempt =>
    live.get(record.id)?.describe() ??
    describeAttempt(record, scenarioOf(record.scenarioId, record.seed), {
      appUrl: options.appUrlOf(record.id),
      holding: null,
      namespace: 'taskmaster',
    })

  function hintsOf({ hintsRevealed }: AttemptRecord, scenario: Scenario | undefined): Hints {
    const all = scenario?.hints ?? []
    return { revealed: all.slice(0, hintsRevealed), nextCost: all[hintsRevealed]?.cost ?? null, total: all.length }
  }

  const lab: Lab = {
    scenarios: () => [...options.catalogue.values()].map(summarise),
    async scenario(id, person) {
      const scenario = scenarioOf(id)
      if (!scenario) throw new LabError('unknown-scenario', `There is no scenario ${id}.`)
      const solved = await store.solvedScenarios(person.id)
      const { brief, hints } = scenario
      const hintCosts = hints.map(({ cost }) => cost)
      return { ...summarise(scenario), brief, hintCosts, solvedByYou: solved.includes(id) }
    },
    async start(person, { scenarioId, seed = newSeed() }) {
      const scenario = scenarioOf(scenarioId, seed)
      if (!scenario) throw new LabError('unknown-scenario', `There is no scenario ${scenarioId}.`)
      if (live.size >= (options.maxAttempts ?? defaultMaxAttempts)) {
        throw new LabError('too-many-attempts', `${live.size} attempts are running already. End one, then start again.`)
      }
      const stages = newStages(await store.stageDurations())
      const attempt = attempts.make(
        newAttemptRecord(scenario, { owner: person.id, seed, stages, now: now() }),
        scenario,
      )
      await store.save(attempt.record)
      attempts.prepare(attempt)
      return attempt.describe()
    },
    async list(person) {
      const records = await store.list(person.role === 'instructor' ? undefined : person.id)
      return records.map(shown)
    },
    get: async (person, id) => shown(await recordOf(person, id)),
    async kubeconfig(person, id) {
      const { record } = await running(person, id)
      if (record.kubeconfig) return record.kubeconfig
      throw new LabError(
        'attempt-not-ready',
        'The cluster of this attempt is still being prepared. Ask again in a moment.',
      )
    },
    async check(person, id) {
      const attempt = await running(person, id)
      if (attempt.record.state === 'preparing') {
        throw new LabError('attempt-not-ready', 'This attempt is still being prepared: there is nothing to check yet.')
      }
      await attempt.check()
      return attempt.describe()
    },
    async hints(person, id) {
      const record = await recordOf(person, id)
      return hintsOf(record, live.get(id)?.scenario ?? scenarioOf(record.scenarioId, record.seed))
    },
    async revealHint(person, id) {
      const attempt = await running(person, id)
      const { record, scenario } = attempt
      if (record.state === 'preparing') throw new LabError('attempt-not-ready', 'This attempt is still being prepared.')
      const hint = scenario.hints[record.hintsRevealed]
      if (!hint) throw new LabError('no-hint-left', 'All hints of this scenario have been revealed.')
      // After the solution hints are free: the score is settled.
      if (record.state === 'broken') attempt.update({ hintsRevealed: record.hintsRevealed + 1 })
      else throw new LabError('no-hint-left', 'This attempt is solved: read the debrief.')
      attempt.note('hint', `Hint ${record.hintsRevealed} revealed, ${hint.cost} points`)
      await store.save(record)
      return hintsOf(record, scenario)
    },
    async reset(person, id) {
      const attempt = await running(person, id)
      if (attempt.record.state === 'preparing') {
        throw new LabError('attempt-not-ready', 'This attempt is still being prepared. Reset it when it is ready.')
      }
      const stages = newStages(await store.stageDurations())
      attempt.stopGrading()
      attempt.transition('reset', { stages, brokenAt: null, solvedAt: null, problem: null })
      attempts.reset(attempt)
      // Whoever has the answer is not to find the old state after a crash.
      await store.save(attempt.record)
      return attempt.describe()
    },
    async report(person, id) {
      const record = await recordOf(person, id)
      if (record.state !== 'solved' && record.state !== 'abandoned') {
        throw new LabError('report-not-ready', 'The report is there once the attempt is solved or ended.')
      }
      return makeReport(record, scenarioOf(record.scenarioId, record.seed), shown(record))
    },
    async end(person, id) {
      const attempt = getLive(person, id)
      if (!attempt) {
        await recordOf(person, id)
        return
      }
      attempt.ending.abort(new Error('the attempt has ended'))
      attempt.stopGrading()
      await attempt.work.catch(() => undefined)
      if (!live.has(id)) return
      attempt.transition('abandoned', { endedAt: now().toISOString(), kubeconfig: null })
      await attempts.release(attempt)
    },
    subscribe(person, id, listener) {
      const attempt = getLive(person, id)
      if (!attempt) throw new LabError('attempt-ended', 'This attempt has ended.')
      return attempt.subscribe(listener)
    },
    async openShell(person, id) {
      const attempt = await running(person, id)
      if (!attempt.session || !attempt.record.kubeconfig) {
        throw new LabError('attempt-not-ready', 'The terminal opens when the cluster of this attempt is ready.')
      }
      await attempts.openShell(attempt)
    },
    appTarget(attemptId) {
      const session = live.get(attemptId)?.session
      if (session?.users.forward) return { forward: session.users.forward }
      const ingressUrl = session?.sandbox.ingressUrl
      return session && ingressUrl ? { ingressUrl, host: session.users.host } : undefined
    },
    counts() {
      const counts: Record<string, number> = { preparing: 0, broken: 0, solved: 0 }
      for (const { record } of live.values()) counts[record.state] = (counts[record.state] ?? 0) + 1
      return counts
    },

    warmSandboxes: () => pool?.size() ?? 0,
    isReady: () => !isStopping,
    async stop() {
      isStopping = true
      await Promise.all([pool?.stop(), attempts.stop()])
    },
  }

  await attempts.takeUpAll()
  const size = options.warmPool ?? 1
  if (size > 0) {
    pool = startWarmPool(
      size,
      (id, signal) => prepareSandbox(provider, id, { signal, now }),
      (error) => options.onProblem(error),
    )
  }
  return lab
}

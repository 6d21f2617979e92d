// From nothing to a broken application, in named stages whose usual durations are learned.
import { isHealthy, readHealth } from './application/health.ts'
import { newId } from './attempt-record.ts'
import type { AttemptStore } from './attempt-store.ts'
import { captureBeyond, openBeyond } from './beyond.ts'
import { injectFaults, rolledOut } from './faults/inject.ts'
import { makeEvaluator } from './grading/evaluate.ts'
import type { LiveAttempt } from './live-attempt.ts'
import { healthy, type PreparedSandbox, prepareSandbox, type SandboxSession } from './prepared-sandbox.ts'
import { restoreBaseline, sameAsBaseline } from './restore.ts'
import type { SandboxProvider } from './sandbox.ts'
import { type StageId, stageBegun, stageEnded } from './stages.ts'
import { captureObjects } from './world/baseline.ts'

export interface PreparationTools {
  provider: SandboxProvider
  store: AttemptStore
  /** A sandbox from the warm pool, if it has one. */
  take(): PreparedSandbox | undefined
  now(): Date
}

const redTimeoutMs = 30_000
const redPollMs = 250

/** Prepares a sandbox for the attempt, or takes a warm one, and breaks it. */
export async function prepareAttempt(attempt: LiveAttempt, tools: PreparationTools): Promise<void> {
  const { signal } = attempt.ending
  const stages = stageKeeper(attempt, tools)
  const warm = await takeHealthy(tools)
  const prepared = warm ?? (await prepareCold(attempt, tools, stages.begin))
  if (signal.aborted) {
    prepared.disconnect()
    await prepared.sandbox.release()
    return
  }
  attempt.connect(prepared)
  attempt.update({ sandboxId: prepared.sandbox.id, kubeconfig: prepared.kubeconfig, baseline: prepared.baseline })
  attempt.note('stage', warm ? 'Took a warm sandbox' : 'Deployed the healthy application')
  if (prepared.sandbox.isShared) attempt.note('stage', `The application is asked ${prepared.users.way}`)
  await furnish(attempt)
  stages.begin('fault')
  await breakSandbox(attempt)
  stages.finish()
}

/** What this scenario's healthy world has beyond the application becomes part of the baseline. */
async function furnish(attempt: LiveAttempt): Promise<void> {
  const { session, scenario, record, ending } = attempt
  if (!session || !record.baseline) return
  if (scenario.beyond) {
    const beyond = await openBeyond(session, scenario.beyond)
    attempt.update({ baseline: { ...record.baseline, beyond } })
  }
  if (!scenario.setup) return
  const target = { api: session.api, world: session.world, signal: ending.signal }
  await injectFaults(target, scenario.setup)
  await Promise.all(
    session.world
      .list('Deployment')
      .map(({ metadata: { name } }) =>
        rolledOut(target, { kind: 'Deployment', namespace: session.world.namespace, name }),
      ),
  )
  await healthy(session, ending.signal)
  attempt.update({ baseline: { ...record.baseline, objects: captureObjects(session.world) } })
}

/** Healthy again, then broken again, in the same sandbox. */
export async function resetAttempt(
  attempt: LiveAttempt,
  tools: Pick<PreparationTools, 'store' | 'now'>,
): Promise<void> {
  const { session, record } = attempt
  const { baseline } = record
  if (!session || !baseline) throw new Error('there is no sandbox to reset')
  const { signal } = attempt.ending
  const stages = stageKeeper(attempt, { ...tools, isLearning: false })
  const touched = Object.keys(record.changedObjects)
  attempt.clearHistory()
  attempt.note('reset', 'Reset: back to the healthy application')
  stages.begin('cluster')
  const restored = await restoreBaseline(session, baseline, { signal, onStage: stages.begin, now: tools.now, touched })
  stages.begin('baseline')
  // A deleted namespace took with it what only this scenario has.
  const isBare = Object.keys(restored.objects).length < Object.keys(baseline.objects).length
  attempt.update({ baseline: { ...restored, beyond: baseline.beyond }, hintsRevealed: record.hintsRevealed })
  if (isBare) await furnish(attempt)
  await sameAsBaseline(session, baseline)
  stages.begin('fault')
  await breakSandbox(attempt)
  stages.finish()
}

/** Injects the scenario's faults and makes sure that its checks are red. */
export async function breakSandbox(attempt: LiveAttempt): Promise<void> {
  const { session, scenario, record } = attempt
  const { baseline } = record
  if (!session || !baseline) throw new Error('there is nothing to break')
  const { signal } = attempt.ending
  await injectFaults({ api: session.api, world: session.world, signal }, scenario.faults)
  // No word of where: the student sees the timeline while they search.
  attempt.note('fault', 'The application was broken')
  const red = await seenRed(attempt, session)
  attempt.transition('injected', {
    brokenAt: attempt.now().toISOString(),
    brokenObjects: { ...captureObjects(session.world), ...captureBeyond(session.world, scenario.beyond ?? []) },
    checks: red.checks,
    invariants: red.invariants,
    redChecks: red.checks.filter((check) => check.status === 'failed').map((check) => check.id),
    redInvariants: red.invariants.filter((result) => result.status === 'failed').map((result) => result.id),
  })
  attempt.startGrading()
}

/** The first evaluation in which a check of the scenario is red; an attempt without one is void. */
async function seenRed(attempt: LiveAttempt, session: SandboxSession) {
  const { scenario, record } = attempt
  const { baseline } = record
  if (!baseline) throw new Error('there is no baseline')
  const evaluate = makeEvaluator({ scenario, world: session.world, users: session.users, baseline }, () =>
    attempt.now(),
  )
  const deadline = Date.now() + redTimeoutMs
  for (;;) {
    attempt.ending.signal.throwIfAborted()
    const evaluation = await evaluate({ fresh: true })
    if (evaluation.checks.some((check) => check.status === 'failed')) return evaluation
    if (Date.now() > deadline) {
      throw new Error(
        `the fault had no effect: every check of ${scenario.id} is still green. This attempt does not count.`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, redPollMs))
  }
}

/** A sandbox from the pool that still serves; others are ended. */
async function takeHealthy({ take, now }: PreparationTools): Promise<PreparedSandbox | undefined> {
  for (let warm = take(); warm !== undefined; warm = take()) {
    if (warm.world.isCurrent() && isHealthy(await readHealth(warm.users, now))) return warm
    warm.disconnect()
    await warm.sandbox.release()
  }
  return undefined
}

async function prepareCold(
  attempt: LiveAttempt,
  { provider, now }: PreparationTools,
  onStage: (stage: StageId) => void,
): Promise<PreparedSandbox> {
  const id = `sandbox-${newId(10)}`
  attempt.update({ sandboxId: id })
  return prepareSandbox(provider, id, { signal: attempt.ending.signal, onStage, now })
}

/** Moves the attempt's stages, and remembers how long each took. */
function stageKeeper(
  attempt: LiveAttempt,
  { store, now, isLearning = true }: Pick<PreparationTools, 'store' | 'now'> & { isLearning?: boolean },
) {
  const finish = (state: 'done' | 'failed' = 'done') => {
    const running = attempt.record.stages.find((stage) => stage.state === 'running')
    attempt.update({ stages: stageEnded(attempt.record.stages, state, now()) })
    if (!running?.startedAt || state === 'failed' || !isLearning) return
    const took = now().getTime() - Date.parse(running.startedAt)
    // A figure for the next student's screen: losing one is no reason to fail.
    store.saveStageDuration(running.id, took).catch(() => {})
  }
  return {
    begin(stage: StageId): void {
      if (attempt.record.stages.some((candidate) => candidate.state === 'running')) finish()
      attempt.update({ stages: stageBegun(attempt.record.stages, stage, now()) })
    },
    finish,
  }
}

// Evaluates an attempt for as long as it runs: on every change of the cluster, and on a short poll of the
// application, whose health has no watch. Solved means that everything held for the whole window.
import type { CheckResult } from '../../contract/attempts.ts'
import { isHealthy } from '../application/health.ts'
import type { Pod } from '../kubernetes/objects.ts'
import { type Evaluation, type Graded, makeEvaluator } from './evaluate.ts'
import { makeFreshPods } from './fresh-pods.ts'
import { type Hold, isHeld, nextHold, restartsOf } from './hold.ts'

export interface GraderEvents {
  onEvaluation(evaluation: Evaluation, holding: { since: string; seconds: number } | null): void
  /** Before pods are ended to see whether the repair survives it. */
  onFreshPods?(): void
  /** Once, at the end of the first window that held. */
  onSolved(evaluation: Evaluation): void
}

export interface Grader {
  /** Evaluates now, writing checks included. */
  evaluateNow(): Promise<void>
  stop(): void
}

const debounceMs = 60
const pollMs = 1_000
/** After a change of an object, others act on it for a moment: look again soon, this often. */
const echoMs = 300
const echoes = 3
const solvedPollMs = 5_000

function firstOpen({ checks, invariants, health }: Evaluation): string {
  const open = [...checks, ...invariants].find(({ status }) => status !== 'passed')
  return open ? `${open.title}: ${open.observed}` : health.api.detail
}

/** Starts to evaluate. Never runs two evaluations at once; a trigger during one leads to another. */
export function startGrader(
  graded: Graded,
  events: GraderEvents,
  options: { now?: () => Date; isSolved?: boolean; endPods?: () => Promise<string[]> } = {},
): Grader {
  const now = options.now ?? (() => new Date())
  const evaluate = makeEvaluator(graded, now)
  const { holdSeconds } = graded.scenario
  const freshPods =
    graded.scenario.freshPod && options.endPods ? makeFreshPods(graded.world, options.endPods) : undefined
  let hold: Hold | undefined
  let isSolved = options.isSolved ?? false
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let dueMs = Number.POSITIVE_INFINITY
  let running: Promise<void> | undefined
  let echoesLeft = 0
  let hasNews = false

  function schedule(delayMs: number): void {
    const at = Date.now() + delayMs
    if (isStopped || at >= dueMs) return
    clearTimeout(timer)
    dueMs = at
    timer = setTimeout(() => {
      dueMs = Number.POSITIVE_INFINITY
      void run(false)
    }, delayMs)
  }

  function run(fresh: boolean): Promise<void> {
    if (running) return fresh ? running.then(() => run(true)) : running
    running = once(fresh)
      // An evaluation has no error of its own to report: each check turns its own into `unknown`.
      .catch(() => {})
      .finally(() => {
        running = undefined
        schedule(nextDelayMs())
      })
    return running
  }

  function nextDelayMs(): number {
    if (isSolved) return solvedPollMs
    if (!hold && echoesLeft > 0) {
      echoesLeft -= 1
      return echoMs
    }
    if (!hold) return pollMs
    const left = hold.sinceMs + holdSeconds * 1000 - now().getTime()
    return Math.max(0, Math.min(pollMs, left))
  }

  async function once(fresh: boolean): Promise<void> {
    const hasChanged = hasNews
    hasNews = false
    // The last look before the verdict is a full one.
    const isLast = isHeld(hold, holdSeconds, now().getTime() + 1)
    const evaluation = await evaluate({ fresh: fresh || (isLast && !isSolved), hasChanged })
    if (isStopped) return
    const nowMs = evaluation.at.getTime()
    const restarts = restartsOf(graded.world.list<Pod>('Pod'))
    const mayRun = freshPods?.next({ allHold: evaluation.allHold, open: firstOpen(evaluation), nowMs })
    hold = nextHold(hold, { allHold: mayRun ?? evaluation.allHold, restarts, nowMs })
    let held = isHeld(hold, holdSeconds, nowMs)
    if (held && !isSolved && (await freshPods?.start(nowMs))) {
      events.onFreshPods?.()
      hold = undefined
      held = false
    }
    const survival = freshPods && !isSolved ? [freshPods.result(nowMs)] : []
    const invariants = [...evaluation.invariants, steadiness(evaluation, held), ...survival]
    const result = { ...evaluation, invariants }
    const holding = hold && !isSolved ? { since: new Date(hold.sinceMs).toISOString(), seconds: holdSeconds } : null
    if (held && !isSolved) {
      isSolved = true
      events.onEvaluation(result, null)
      events.onSolved(result)
      return
    }
    events.onEvaluation(result, holding)
  }

  /** INV-11: what the window itself says. */
  function steadiness(evaluation: Evaluation, held: boolean): CheckResult {
    const seconds = hold ? Math.floor((evaluation.at.getTime() - hold.sinceMs) / 1000) : 0
    const base = {
      id: 'INV-11',
      title: 'Steady health, no restarts',
      expected: `everything holds for ${holdSeconds} s without a break or a restart`,
    }
    if (held || isSolved) return { ...base, status: 'passed', observed: `held for ${holdSeconds} s` }
    if (hold) return { ...base, status: 'unknown', observed: `held for ${seconds} of ${holdSeconds} s` }
    const { api, frontend } = evaluation.health
    if (isHealthy(evaluation.health)) return { ...base, status: 'unknown', observed: 'waits for the other conditions' }
    return { ...base, status: 'failed', observed: `page: ${frontend.detail}, API: ${api.detail}` }
  }

  const forget = graded.world.onChange((change) => {
    if (change?.kind === 'Event') return
    echoesLeft = echoes
    hasNews = true
    schedule(debounceMs)
  })
  schedule(0)
  return {
    evaluateNow: () => run(true),
    stop() {
      isStopped = true
      clearTimeout(timer)
      forget()
    },
  }
}

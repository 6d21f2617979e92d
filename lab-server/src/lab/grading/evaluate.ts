// One evaluation of everything: checks, invariants, health.
import type { CheckResult } from '../../contract/attempts.ts'
import type { AppHealth } from '../../contract/events.ts'
import { describeHealth, isHealthy } from '../application/health.ts'
import type { UsersPath } from '../application/users-path.ts'
import { checkApiCycle } from '../checks/api-cycle.ts'
import { evaluateCheck, isWriting } from '../checks/evaluate-check.ts'
import { makeSubject, type Subject, unknown } from '../checks/subject.ts'
import { evaluateInvariants } from '../invariants/evaluate-invariants.ts'
import type { CheckSpec, Scenario } from '../scenarios/scenario.ts'
import type { Baseline } from '../world/baseline.ts'
import type { World } from '../world/world.ts'

export interface Evaluation {
  at: Date
  checks: CheckResult[]
  invariants: CheckResult[]
  health: AppHealth
  /** Everything holds at this moment; the hold window is another matter. */
  allHold: boolean
}

/** What is evaluated. */
export interface Graded {
  scenario: Scenario
  world: World
  users: UsersPath
  baseline: Baseline
}

const cycleInvariant: CheckSpec = { id: 'INV-12', title: 'Tasks can be created, changed and deleted', apiCycle: {} }
/** How long the answer of a check that writes is good for. */
const failedCycleMs = 600
const passedCycleMs = 3_000

export interface EvaluateOptions {
  /** Nothing remembered counts. */
  fresh?: boolean
  /** Something changed since the last evaluation: what failed then may hold now. */
  hasChanged?: boolean
}

/** Evaluates again and again; remembers only the last result of the checks that write. */
export function makeEvaluator(graded: Graded, now: () => Date): (options?: EvaluateOptions) => Promise<Evaluation> {
  const { scenario, world, users, baseline } = graded
  let cycle: { atMs: number; result: CheckResult } | undefined

  async function cycleResult(subject: Subject, { fresh, hasChanged }: EvaluateOptions): Promise<CheckResult> {
    const age = cycle ? now().getTime() - cycle.atMs : Number.POSITIVE_INFINITY
    const goodMs = cycle?.result.status === 'passed' ? passedCycleMs : hasChanged ? 0 : failedCycleMs
    if (cycle && age < goodMs && !fresh) return cycle.result
    const outcome = await checkApiCycle({}, subject)
    const result = { id: cycleInvariant.id, title: cycleInvariant.title, ...outcome }
    cycle = { atMs: now().getTime(), result }
    return result
  }

  return async (options = {}) => {
    const subject = makeSubject(world, baseline, { users, now })
    const [checks, invariants, page, api, written] = await Promise.all([
      Promise.all(
        scenario.checks.map(async (spec) =>
          isWriting(spec)
            ? { ...(await cycleResult(subject, options)), id: spec.id, title: spec.title }
            : evaluateCheck(spec, subject),
        ),
      ),
      evaluateInvariants(subject, scenario),
      subject.get('/'),
      subject.get('/api/health'),
      scenario.invariants.except.includes('INV-12') ? undefined : cycleResult(subject, options),
    ])
    const at = now()
    const health = describeHealth(page, api, at)
    const all = written ? [...invariants, written] : invariants
    if (!world.isCurrent()) return { at, health, allHold: false, ...unseen(checks, all) }
    const allHold = [...checks, ...all].every((result) => result.status === 'passed') && isHealthy(health)
    return { at, checks, invariants: all, health, allHold }
  }
}

/** While the cluster cannot be watched, nothing can be said: not failed, unknown. */
function unseen(
  checks: CheckResult[],
  invariants: CheckResult[],
): { checks: CheckResult[]; invariants: CheckResult[] } {
  const blind = (result: CheckResult): CheckResult => ({
    ...result,
    ...unknown(result.expected, 'the cluster cannot be reached at the moment'),
  })
  return { checks: checks.map(blind), invariants: invariants.map(blind) }
}

// What the fault itself turned red. Only that earns points when it is green again, and only the rest can cost.
import type { AttemptRecord } from '../attempt-record.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import type { Evaluation } from './evaluate.ts'

/** How long after the injection a check may still turn green by itself. */
const settleMs = 30_000

type Red = Pick<AttemptRecord, 'redChecks' | 'redInvariants'>

/**
 * Red checks and invariants after one more evaluation before the student has changed anything: what turns red is the
 * fault's doing, however late. A guard or an invariant that turns green soon after the injection was only its noise;
 * another check was declared to turn red, and one that comes and goes stays the fault's.
 */
export function untouchedRed(
  record: Red & Pick<AttemptRecord, 'brokenAt'>,
  { at, checks, invariants }: Pick<Evaluation, 'at' | 'checks' | 'invariants'>,
  declared: Scenario['checks'],
): Red {
  const isEarly = record.brokenAt !== null && at.getTime() - Date.parse(record.brokenAt) < settleMs
  const red = (before: readonly string[], results: Evaluation['checks']) => {
    const isNoise = ({ id, status }: Evaluation['checks'][number]) =>
      isEarly && status === 'passed' && !declared.some((check) => check.id === id && !check.guard)
    return results
      .filter((result) => result.status === 'failed' || (before.includes(result.id) && !isNoise(result)))
      .map(({ id }) => id)
  }
  const redChecks = red(record.redChecks, checks)
  return {
    // All green without a change would leave nothing to earn: rather keep what was red.
    redChecks: redChecks.length > 0 ? redChecks : record.redChecks,
    redInvariants: red(record.redInvariants, invariants),
  }
}

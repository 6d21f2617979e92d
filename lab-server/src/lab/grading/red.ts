// What the fault itself turned red. Only that earns points when it is green again, and only the rest can cost.
import type { AttemptRecord } from '../attempt-record.ts'
import type { Evaluation } from './evaluate.ts'

/** How long after the injection a check may still turn green by itself. */
const settleMs = 30_000

type Red = Pick<AttemptRecord, 'redChecks' | 'redInvariants'>

/**
 * Red checks and invariants after one more evaluation before the student has changed anything: what turns red is the
 * fault's doing, however late; what turns green soon after the injection was only its noise.
 */
export function untouchedRed(
  record: Red & Pick<AttemptRecord, 'brokenAt'>,
  { at, checks, invariants }: Pick<Evaluation, 'at' | 'checks' | 'invariants'>,
): Red {
  const isEarly = record.brokenAt !== null && at.getTime() - Date.parse(record.brokenAt) < settleMs
  const red = (before: readonly string[], results: Evaluation['checks']) => {
    const isRed = ({ id, status }: Evaluation['checks'][number]) =>
      status === 'failed' || (before.includes(id) && !(isEarly && status === 'passed'))
    return results.filter(isRed).map(({ id }) => id)
  }
  const redChecks = red(record.redChecks, checks)
  return {
    // All green without a change would leave nothing to earn: rather keep what was red.
    redChecks: redChecks.length > 0 ? redChecks : record.redChecks,
    redInvariants: red(record.redInvariants, invariants),
  }
}

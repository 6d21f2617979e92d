// Folding single checks into what a probe says: thresholds, and nothing else.

/** What one check found. `unknown` is a check that could not be made: upstream throws it away. */
export type ProbeOutcome =
  | { kind: 'success' }
  | { kind: 'failure'; message: string }
  | { kind: 'unknown'; message: string }

/** A run of equal results. */
export interface ProbeRun {
  last?: 'success' | 'failure'
  count: number
}

/** The run after `outcome`, and the verdict once it is as long as its threshold. */
export function nextProbeRun(
  run: ProbeRun,
  outcome: ProbeOutcome,
  thresholds: { success: number; failure: number },
): { run: ProbeRun; verdict?: 'success' | 'failure' } {
  if (outcome.kind === 'unknown') return { run }
  const next: ProbeRun = { last: outcome.kind, count: run.last === outcome.kind ? run.count + 1 : 1 }
  const isLong = next.count >= thresholds[outcome.kind]
  return isLong ? { run: next, verdict: outcome.kind } : { run: next }
}

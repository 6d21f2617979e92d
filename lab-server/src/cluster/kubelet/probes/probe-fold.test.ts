import { expect, it } from 'vitest'
import { nextProbeRun, type ProbeOutcome, type ProbeRun } from './probe-fold.ts'

const outcomes: Record<string, ProbeOutcome> = {
  s: { kind: 'success' },
  f: { kind: 'failure', message: '' },
  u: { kind: 'unknown', message: '' },
}
const cases: [string, { success: number; failure: number }, string][] = [
  ['sss', { success: 1, failure: 3 }, 'sss'],
  ['fff', { success: 1, failure: 3 }, '--f'],
  ['ffsff', { success: 1, failure: 3 }, '--s--'],
  ['fsss', { success: 3, failure: 1 }, 'f--s'],
  ['ffuf', { success: 1, failure: 3 }, '---f'],
  ['uuu', { success: 1, failure: 1 }, '---'],
]
it.each(cases)('folds %s with %j to %s', (checks, thresholds, expected) => {
  let run: ProbeRun = { count: 0 }
  const verdicts = [...checks].map((check) => {
    const outcome = outcomes[check] ?? { kind: 'success' }
    const next = nextProbeRun(run, outcome, thresholds)
    run = next.run
    return next.verdict?.[0] ?? '-'
  })
  expect(verdicts.join('')).toBe(expected)
})

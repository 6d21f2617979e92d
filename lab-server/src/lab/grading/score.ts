// The score and its arithmetic, all of it shown.
import type { CheckResult, Score } from '../../contract/attempts.ts'
import type { Scenario } from '../scenarios/scenario.ts'

const maxPoints = 100
const violationCost = 25

/** What the score is computed from. */
export interface ScoreInput {
  scenario: Scenario | undefined
  checks: readonly CheckResult[]
  invariants: readonly CheckResult[]
  /** Only what was red after the injection can earn points. */
  redChecks: readonly string[]
  /** What the fault itself violates costs nothing. */
  redInvariants: readonly string[]
  hintsRevealed: number
}

/** Points for checks that turned green, less hints and violated invariants, never below zero. */
export function scoreOf(input: ScoreInput): Score {
  const earning = input.checks.filter((check) => input.redChecks.includes(check.id))
  const lines = shares(earning, input.scenario).map(({ check, label, worth }) => ({
    label,
    points: check.status === 'passed' ? worth : 0,
  }))
  for (const [index, hint] of (input.scenario?.hints ?? []).slice(0, input.hintsRevealed).entries()) {
    lines.push({ label: `Hint ${index + 1}`, points: -hint.cost })
  }
  for (const check of input.checks) {
    if (!input.redChecks.includes(check.id) && check.status === 'failed' && earning.length > 0) {
      lines.push({ label: `Was whole before: ${check.title}`, points: -violationCost })
    }
  }
  for (const invariant of input.invariants) {
    if (invariant.status === 'failed' && !input.redInvariants.includes(invariant.id)) {
      lines.push({ label: invariant.title, points: -violationCost })
    }
  }
  const sum = lines.reduce((total, line) => total + line.points, 0)
  return { points: Math.max(0, Math.min(maxPoints, sum)), max: maxPoints, lines }
}

/** What each check is worth. Groups share alike, and within a group its checks: one repaired fault earns its part. */
function shares(earning: readonly CheckResult[], scenario: Scenario | undefined) {
  const groupOf = ({ id }: CheckResult) => scenario?.checks.find((spec) => spec.id === id)?.group ?? ''
  const groups = [...new Set(earning.map(groupOf))]
  return groups.flatMap((group, index) => {
    const own = earning.filter((check) => groupOf(check) === group)
    const part = shareOf(maxPoints, groups.length, index)
    const named = group ? `${group} (${part} of ${maxPoints}): ` : ''
    return own.map((check, at) => ({ check, label: `${named}${check.title}`, worth: shareOf(part, own.length, at) }))
  })
}

/** Whole points that add up to the total: the first shares are one larger where it does not divide. */
export function shareOf(total: number, count: number, index: number): number {
  return Math.floor(total / count) + (index < total % count ? 1 : 0)
}

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
  const lines = earning.map((check, index) => ({
    label: check.title,
    points: check.status === 'passed' ? shareOf(maxPoints, earning.length, index) : 0,
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

/** Whole points that add up to the total: the first shares are one larger where it does not divide. */
function shareOf(total: number, count: number, index: number): number {
  return Math.floor(total / count) + (index < total % count ? 1 : 0)
}

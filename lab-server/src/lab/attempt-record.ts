// An attempt as it is kept: everything that survives a restart of the server.
import type { AttemptState, CheckResult, Stage, TimelineEntry } from '../contract/attempts.ts'
import type { KubeObject } from './kubernetes/objects.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { newSeed } from './scenarios/variants.ts'
import type { Baseline } from './world/baseline.ts'

/** One reading of the application's health; kept when it differs from the one before. */
export interface HealthSample {
  at: string
  healthy: boolean
  detail: string
}

export interface AttemptRecord {
  id: string
  scenarioId: string
  title: string
  owner: string
  seed: number
  state: AttemptState
  problem: string | null
  sandboxId: string | null
  kubeconfig: string | null
  stages: Stage[]
  startedAt: string
  brokenAt: string | null
  solvedAt: string | null
  endedAt: string | null
  baseline: Baseline | null
  /** Objects right after the injection, normalised, by `Kind/name`. */
  brokenObjects: Record<string, KubeObject>
  /** What the student changed, as it is now; null for a deleted object. */
  changedObjects: Record<string, KubeObject | null>
  /** Checks that were red right after the injection: only these earn points. */
  redChecks: string[]
  /** Invariants that the fault itself violates: these cost nothing. */
  redInvariants: string[]
  checks: CheckResult[]
  invariants: CheckResult[]
  hintsRevealed: number
  timeline: TimelineEntry[]
  health: HealthSample[]
}

const letters = 'abcdefghijkmnpqrstuvwxyz'
const digits = '23456789'

/** An id that cannot be guessed and is a valid DNS label. */
export function newId(length = 14): string {
  const alphabet = letters + digits
  const bytes = crypto.getRandomValues(new Uint8Array(length))
  return [...bytes]
    .map((byte, index) => (index === 0 ? letters[byte % letters.length] : alphabet[byte % alphabet.length]))
    .join('')
}

/** A new attempt, before anything has been done for it. */
export function newAttemptRecord(
  scenario: Scenario,
  options: { owner: string; seed?: number; stages: Stage[]; now: Date },
): AttemptRecord {
  const open = (id: string, title: string): CheckResult => ({
    id,
    title,
    status: 'unknown',
    expected: title,
    observed: 'not checked yet',
  })
  return {
    id: newId(),
    scenarioId: scenario.id,
    title: scenario.title,
    owner: options.owner,
    seed: options.seed ?? newSeed(),
    state: 'preparing',
    problem: null,
    sandboxId: null,
    kubeconfig: null,
    stages: options.stages,
    startedAt: options.now.toISOString(),
    brokenAt: null,
    solvedAt: null,
    endedAt: null,
    baseline: null,
    brokenObjects: {},
    changedObjects: {},
    redChecks: [],
    redInvariants: [],
    checks: scenario.checks.map((check) => open(check.id, check.title)),
    invariants: [],
    hintsRevealed: 0,
    timeline: [],
    health: [],
  }
}

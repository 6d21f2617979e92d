// Mutation of the grading: every check of a scenario, every kind of check and every invariant is switched off in
// turn, and at least one proof must fail of it. Computed from what the proofs saw, so it needs no cluster.
import type { CheckSpec, Scenario } from '../scenarios/scenario.ts'
import type { Evidence, FailedCondition } from './evidence.ts'

/** What a proof of one scenario saw. */
export interface Witness {
  scenarioId: string
  step: string
  evidence: Evidence
}

/** One condition switched off, and the proofs that fail of it; none: nobody would notice. */
export interface Mutant {
  /** `invariant INV-3`, `check kind http`, `check endpoints of site-not-found`. */
  name: string
  killedBy: string[]
}

export const checkKinds = ['http', 'endpoints', 'rollout', 'apiCycle', 'steady', 'resource'] as const

/** Invariants that are switched off; in the order of docs/grading.md. */
export const mutatedInvariants = Array.from({ length: 15 }, (_, index) => `INV-${index + 1}`)

/** Every mutant of the grading of these scenarios, with the proofs that notice it. */
export function mutantsOf(scenarios: readonly Scenario[], witnesses: readonly Witness[]): Mutant[] {
  const own = (id: string) => witnesses.filter(({ scenarioId }) => scenarioId === id)
  const killers = (isOff: (scenario: Scenario, condition: string) => boolean) =>
    scenarios.flatMap((scenario) =>
      own(scenario.id)
        .filter(({ evidence }) => fails(evidence, scenario, (condition) => isOff(scenario, condition)))
        .map(({ scenarioId, step }) => `${scenarioId}: ${step}`),
    )
  const checkOf = (scenario: Scenario, id: string) => scenario.checks.find((check) => check.id === id)
  return [
    ...mutatedInvariants.map((id) => ({
      name: `invariant ${id}`,
      killedBy: killers((_, condition) => condition === id),
    })),
    ...checkKinds.map((kind) => ({
      name: `check kind ${kind}`,
      killedBy: killers((scenario, condition) => kindOf(checkOf(scenario, condition)) === kind),
    })),
    ...scenarios.flatMap((scenario) =>
      scenario.checks.map(({ id }) => ({
        name: `check ${id} of ${scenario.id}`,
        killedBy: killers((candidate, condition) => candidate.id === scenario.id && condition === id),
      })),
    ),
  ]
}

/** Whether the statement would not have been proved had the conditions held that are switched off. */
function fails(evidence: Evidence, { checks }: Scenario, isOff: (condition: string) => boolean): boolean {
  switch (evidence.kind) {
    case 'nothing':
      // A check that is no guard must be red.
      return checks.some(({ id, guard }) => isOff(id) && !guard && evidence.red.includes(id))
    case 'solved':
      return false
    case 'refused':
      return isLetGo(evidence, isOff)
  }
}

function isLetGo(
  { reason, failing, hasHeld }: Evidence & { kind: 'refused' },
  isOff: (condition: string) => boolean,
): boolean {
  // Without the hold window a repair that held for a moment is a repair.
  if (isOff('INV-11') && hasHeld) return true
  const left = failing.filter(({ id }) => !isOff(id) && id !== 'INV-11')
  const isAccepted = left.length === 0 && failing.some(({ id }) => isOff(id))
  return isAccepted || !isNamedBy(left, failing, reason)
}

/** Whether the words are still said by what is left; INV-11 says what others say, so it does not count. */
function isNamedBy(left: readonly FailedCondition[], all: readonly FailedCondition[], reason: string): boolean {
  const says = ({ observed }: FailedCondition) => observed.includes(reason)
  return left.some(says) || !all.some((condition) => condition.id !== 'INV-11' && says(condition))
}

function kindOf(check: CheckSpec | undefined): string | undefined {
  return checkKinds.find((kind) => check?.[kind] !== undefined)
}

// Conditions that a repair must not violate, whatever the scenario. Each is one function of the subject.
import type { Outcome, Subject } from '../checks/subject.ts'
import type { Scenario } from '../scenarios/scenario.ts'

export interface Invariant {
  /** `INV-2`, as in docs/grading.md. */
  id: string
  title: string
  /** Where it applies only to scenarios that ask for it. */
  isAskedFor?(scenario: Scenario): boolean
  evaluate(subject: Subject, scenario: Scenario): Promise<Outcome> | Outcome
}

/** Lists what is wrong: the first in full, and how many more. */
export function listed(problems: readonly string[]): string {
  const [first = '', ...more] = problems
  return more.length > 0 ? `${first}; ${more.join('; ')}` : first
}

/** The outcome of an invariant that collects problems. */
export function outcomeOf(expected: string, problems: readonly string[], observed: string): Outcome {
  if (problems.length > 0) return { status: 'failed', expected, observed: listed(problems) }
  return { status: 'passed', expected, observed }
}

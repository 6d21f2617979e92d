import { nameInWorld, parseReference } from '../kubernetes/reference.ts'
import { checkField } from '../scenarios/conditions.ts'
import type { ResourceCheck } from '../scenarios/scenario.ts'
import { failed, type Outcome, passed, type Subject } from './subject.ts'

/** Fields of a live object. */
export async function checkResource(check: ResourceCheck, { objects }: Subject): Promise<Outcome> {
  const reference = parseReference(check.of)
  const live = objects.find(reference.kind, nameInWorld(reference))
  const outcomes = Object.entries(check.fields).map(([path, condition]) => checkField(live ?? {}, path, condition))
  const expected = `${check.of}: ${outcomes.map((outcome) => outcome.expected).join(', ')}`
  if (!live) return failed(expected, `${check.of} does not exist`)
  const wrong = outcomes.find((outcome) => !outcome.passed)
  if (wrong) return failed(expected, wrong.observed)
  return passed(expected, outcomes.map((outcome) => outcome.observed).join(', '))
}

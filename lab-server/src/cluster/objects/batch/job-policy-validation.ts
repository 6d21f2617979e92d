// Rules for when a Job gives up and when it has done enough.
import type { FieldError } from '../kind-definition.ts'
import type { Job } from '../types.ts'
import { requiredChoice } from '../validation/choices.ts'
import { duplicate, invalid, invalidEach, invalidOmitted, required, tooMany } from '../validation/errors.ts'
import { labelKeyProblems } from '../validation/names.ts'
import { nonNegative } from '../validation/numbers.ts'
import { countIndexes } from './completed-indexes.ts'

type Spec = NonNullable<Job['spec']>
type FailureRule = NonNullable<Spec['podFailurePolicy']>['rules'][number]
type ExitCodes = NonNullable<FailureRule['onExitCodes']>
type Conditions = NonNullable<FailureRule['onPodConditions']>
type SuccessRule = NonNullable<Spec['successPolicy']>['rules'][number]

const [mostRules, mostExitCodes, mostConditions] = [20, 255, 20]
const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const operators = ['In', 'NotIn']
const statuses = ['False', 'True', 'Unknown']

/** Checks what a failed pod means. */
export function failurePolicyErrors(field: string, spec: Spec): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? []
  const errors = rules.length > mostRules ? [tooMany(`${field}.rules`, rules.length, mostRules)] : []
  return [...errors, ...rules.flatMap((rule, i) => failureRuleErrors(`${field}.rules[${i}]`, rule, spec))]
}

function failureRuleErrors(field: string, rule: FailureRule, spec: Spec): FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule
  const errors: FieldError[] = []
  if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined) {
      errors.push(invalid(`${field}.action`, action, 'requires the backoffLimitPerIndex to be set'))
    }
  } else errors.push(...oneOf(`${field}.action`, action, actions))
  if (onExitCodes) errors.push(...exitCodesErrors(`${field}.onExitCodes`, onExitCodes, spec))
  errors.push(...conditionsErrors(`${field}.onPodConditions`, onPodConditions))
  if (onExitCodes && onPodConditions.length > 0) {
    errors.push(invalidOmitted(field, 'specifying both OnExitCodes and OnPodConditions is not supported'))
  }
  if (!onExitCodes && onPodConditions.length === 0) {
    errors.push(invalidOmitted(field, 'specifying one of OnExitCodes and OnPodConditions is required'))
  }
  return errors
}

function exitCodesErrors(
  field: string,
  { operator, containerName, values }: ExitCodes,
  { template }: Spec,
): FieldError[] {
  const errors = oneOf(`${field}.operator`, operator, operators)
  const containers = [...(template.spec?.containers ?? []), ...(template.spec?.initContainers ?? [])]
  if (containerName !== undefined && !containers.some(({ name }) => name === containerName)) {
    const rule = 'must be one of the container or initContainer names in the pod template'
    errors.push(invalid(`${field}.containerName`, containerName, rule))
  }
  const codes = values ?? []
  if (codes.length === 0) errors.push(invalid(`${field}.values`, values, 'at least one value is required'))
  if (codes.length > mostExitCodes) errors.push(tooMany(`${field}.values`, codes.length, mostExitCodes))
  for (const [i, code] of codes.entries()) {
    const at = `${field}.values[${i}]`
    if (operator === 'In' && code === 0) errors.push(invalid(at, code, 'must not be 0 for the In operator'))
    if (codes.indexOf(code) !== i) errors.push(duplicate(at, code))
  }
  const isOrdered = codes.every((code, i) => i === 0 || (codes[i - 1] ?? code) <= code)
  return isOrdered ? errors : [...errors, invalid(`${field}.values`, codes, 'must be ordered')]
}

function conditionsErrors(field: string, conditions: Conditions): FieldError[] {
  const errors = conditions.length > mostConditions ? [tooMany(field, conditions.length, mostConditions)] : []
  for (const [i, { type = '', status }] of conditions.entries()) {
    errors.push(...invalidEach(`${field}[${i}].type`, type, labelKeyProblems(type)))
    errors.push(...oneOf(`${field}[${i}].status`, status, statuses))
  }
  return errors
}

/** A required word, whose absence is answered with a list of Go's. */
function oneOf(field: string, value: string | undefined, known: string[]): FieldError[] {
  return requiredChoice(field, value, known, `valid values: [${known.map((each) => JSON.stringify(each)).join(' ')}]`)
}

/** Checks which indexes are enough. */
export function successPolicyErrors(field: string, spec: Spec): FieldError[] {
  const rules = spec.successPolicy?.rules ?? []
  const errors: FieldError[] = []
  if (rules.length === 0) {
    errors.push(required(`${field}.rules`, 'at least one rules must be specified when the successPolicy is specified'))
  }
  if (rules.length > mostRules) errors.push(tooMany(`${field}.rules`, rules.length, mostRules))
  return [
    ...errors,
    ...rules.flatMap((rule, i) => successRuleErrors(`${field}.rules[${i}]`, rule, spec.completions ?? 0)),
  ]
}

function successRuleErrors(field: string, rule: SuccessRule, completions: number): FieldError[] {
  const { succeededCount: count, succeededIndexes: indexes } = rule
  if (count === undefined && indexes === undefined) {
    return [required(field, 'at least one of succeededCount or succeededIndexes must be specified')]
  }
  const errors: FieldError[] = []
  const counted = indexes === undefined ? { total: completions } : countIndexes(indexes, completions)
  if (counted.problem) {
    errors.push(invalid(`${field}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${counted.problem}`))
  }
  if (count === undefined) return errors
  const at = `${field}.succeededCount`
  errors.push(...nonNegative(at, count))
  if (count > completions) {
    const rule = `must be less than or equal to ${completions} (the number of specified completions)`
    errors.push(invalid(at, count, rule))
  }
  if (indexes !== undefined && count > counted.total) {
    const what = 'the number of indexes in the specified succeededIndexes field'
    errors.push(invalid(at, count, `must be less than or equal to ${counted.total} (${what})`))
  }
  return errors
}

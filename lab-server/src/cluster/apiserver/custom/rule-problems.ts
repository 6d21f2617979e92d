// Rules of custom resources as they are written: whether each compiles, and fits the types of what it speaks of.
import type { FieldError } from '../../objects/kind-definition.ts'
import { declareTypes } from '../cel/declared-types.ts'
import { type Checked, makeTypedCheck } from '../cel/typed-check.ts'
import { isObject, type StructuralSchema, type ValidationRule } from './structural-schema.ts'
import { programOf } from './validation-rules.ts'

/** The rules of a schema that do not compile, each with its place. */
export function ruleProblems(schema: StructuralSchema, field: string, isRoot = true): FieldError[] {
  const errors: FieldError[] = []
  const rules = schema['x-kubernetes-validations'] ?? []
  const check = rules.length > 0 ? checkOf(schema, isRoot) : undefined
  for (const [index, rule] of rules.entries()) {
    const at = `${field}.x-kubernetes-validations[${index}]`
    if (!rule.rule?.trim())
      errors.push({ field: `${at}.rule`, type: 'FieldValueRequired', message: 'Required value: rule is not specified' })
    for (const name of ['rule', 'messageExpression'] as const) {
      const expression = rule[name]
      const problem = expression?.trim() && check ? expressionProblem(name, expression, check) : undefined
      if (problem === undefined || expression === undefined) continue
      const shown = name === 'rule' ? goRule(rule) : JSON.stringify(expression)
      errors.push({ field: `${at}.${name}`, type: 'FieldValueInvalid', message: `Invalid value: ${shown}: ${problem}` })
    }
  }
  const { properties = {}, items, additionalProperties } = schema
  for (const [name, part] of Object.entries(properties))
    errors.push(...ruleProblems(part, `${field}.properties[${name}]`, false))
  if (items) errors.push(...ruleProblems(items, `${field}.items`, false))
  if (isObject(additionalProperties)) {
    errors.push(...ruleProblems(additionalProperties as StructuralSchema, `${field}.additionalProperties`, false))
  }
  return errors
}

function checkOf(schema: StructuralSchema, isRoot: boolean): (expression: string) => Checked {
  return makeTypedCheck((environment) => {
    const type = declareTypes(environment, schema, isRoot)
    environment.registerVariable('self', type)
    const isOptional = schema['x-kubernetes-validations']?.some(({ optionalOldSelf }) => optionalOldSelf)
    environment.registerVariable('oldSelf', isOptional ? 'dyn' : type)
  })
}

function expressionProblem(
  name: 'rule' | 'messageExpression',
  expression: string,
  check: (expression: string) => Checked,
): string | undefined {
  try {
    programOf(expression)
  } catch (error) {
    return (error as Error).message
  }
  const { problem, type = 'dyn' } = check(expression)
  if (problem)
    return name === 'rule' ? `compilation failed: ${problem}` : `messageExpression compilation failed: ${problem}`
  const wanted = name === 'rule' ? 'bool' : 'string'
  if (type === wanted || type === 'dyn') return undefined
  return name === 'rule' ? 'cel expression must evaluate to a bool' : 'messageExpression must evaluate to a string'
}

// As Go prints the struct.
function goRule({
  rule = '',
  message = '',
  messageExpression = '',
  reason,
  fieldPath = '',
  optionalOldSelf,
}: ValidationRule): string {
  const text = (value: string) => JSON.stringify(value)
  const pointer = (value: unknown, type: string) =>
    value === undefined ? `(*${type})(nil)` : `(*${type})(0xc000000000)`
  return `apiextensions.ValidationRule{Rule:${text(rule)}, Message:${text(message)}, MessageExpression:${text(messageExpression)}, Reason:${pointer(reason, 'apiextensions.FieldValueErrorReason')}, FieldPath:${text(fieldPath)}, OptionalOldSelf:${pointer(optionalOldSelf, 'bool')}}`
}

// `x-kubernetes-validations`: rules in CEL that custom resources keep, also against what they were before.
import { Optional } from '@marcbachmann/cel-js'
import type { FieldError } from '../../objects/kind-definition.ts'
import { jsonEqual } from '../../store/frozen-json.ts'
import { rememberPrograms } from '../cel/environment.ts'
import { toCel } from '../cel/values.ts'
import { correlated } from './list-keys.ts'
import { isObject, type StructuralSchema, type ValidationRule } from './structural-schema.ts'

/** Every broken rule, in the order of the schema. `old` is the stored value on an update. */
export function ruleErrors(schema: StructuralSchema, value: unknown, old: unknown, path = ''): FieldError[] {
  if (value === null || value === undefined) return []
  const errors = (schema['x-kubernetes-validations'] ?? []).flatMap((rule) =>
    checkRule(rule, { schema, value, old, path }),
  )
  if (Array.isArray(value)) {
    const { items } = schema
    if (!items) return errors
    const before = correlated(schema, old)
    return [...errors, ...value.flatMap((item, i) => ruleErrors(items, item, before(item), `${path}[${i}]`))]
  }
  if (!isObject(value)) return errors
  const olds = isObject(old) ? old : {}
  for (const [name, member] of Object.entries(value)) {
    const { properties = {}, additionalProperties } = schema
    const isProperty = Object.hasOwn(properties, name)
    const field = isProperty ? properties[name] : isObject(additionalProperties) ? additionalProperties : undefined
    const at = isProperty ? (path === '' ? name : `${path}.${name}`) : `${path}[${name}]`
    if (field)
      errors.push(
        ...ruleErrors(field as StructuralSchema, member, Object.hasOwn(olds, name) ? olds[name] : undefined, at),
      )
  }
  return errors
}

/** True when a schema, or any part of it, has rules. */
export function hasRules(schema: StructuralSchema): boolean {
  if (schema['x-kubernetes-validations']?.length) return true
  const { properties = {}, items, additionalProperties } = schema
  const parts = [...Object.values(properties), items, isObject(additionalProperties) ? additionalProperties : undefined]
  return parts.some((part) => part !== undefined && hasRules(part as StructuralSchema))
}

/** Compiles a rule, or an expression for a message. */
export const programOf = rememberPrograms(['self', 'oldSelf'])

interface Subject {
  schema: StructuralSchema
  value: unknown
  old: unknown
  path: string
}

function checkRule(rule: ValidationRule, { schema, value, old, path }: Subject): FieldError[] {
  const { rule: expression = '', optionalOldSelf } = rule
  const field = fieldOf(path, rule.fieldPath)
  const type = typeOf(schema)
  try {
    const program = programOf(expression)
    const isTransition = program.mentions('oldSelf')
    const hasOld = old !== undefined && old !== null
    // What has not changed is not held to a rule that came later; a rule about changes is asked all the same.
    if (hasOld && !isTransition && jsonEqual(value, old)) return []
    if (isTransition && !hasOld && !optionalOldSelf) return []
    const before = hasOld ? toCel(old, schema) : undefined
    const oldSelf = optionalOldSelf ? (hasOld ? Optional.of(before) : Optional.none()) : before
    const variables = { self: toCel(value, schema), oldSelf }
    if (program.evaluate(variables) === true) return []
    return [broken(rule, field, type, messageOf(rule, variables))]
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const named = rule.message?.trim() || expression.trim()
    const detail = why.startsWith('no such overload')
      ? `call arguments did not match a supported operator, function or macro signature for rule: ${named}`
      : `${why} evaluating rule: ${named}`
    return [broken({}, path || '<nil>', type, detail)]
  }
}

function messageOf(
  { rule = '', message, messageExpression }: ValidationRule,
  variables: Record<string, unknown>,
): string {
  const usual = message?.trim() || `failed rule: ${rule.trim()}`
  if (!messageExpression) return usual
  try {
    const made = programOf(messageExpression).evaluate(variables)
    return typeof made === 'string' && made.trim() !== '' && !made.includes('\n') ? made.trim() : usual
  } catch {
    return usual
  }
}

function broken({ reason }: ValidationRule, field: string, type: string, detail: string): FieldError {
  if (reason === 'FieldValueForbidden') return { field, type: reason, message: `Forbidden: ${detail}` }
  if (reason === 'FieldValueRequired') return { field, type: reason, message: `Required value: ${detail}` }
  if (reason === 'FieldValueDuplicate')
    return { field, type: reason, message: `Duplicate value: ${JSON.stringify(type)}` }
  return { field, type: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(type)}: ${detail}` }
}

function typeOf({ type = '' }: StructuralSchema): string {
  return type
}

function fieldOf(path: string, fieldPath: string | undefined): string {
  const own = fieldPath?.replace(/^\./, '') ?? ''
  return [path, own].filter(Boolean).join('.') || '<nil>'
}

// Checks custom resources against their schemas, in the words of upstream's validator.
import { compilePattern } from '../../linear-pattern.ts'
import type { FieldError } from '../../objects/kind-definition.ts'
import { jsonEqual } from '../../store/frozen-json.ts'
import { correlated } from './list-keys.ts'
import { isObject, type StructuralSchema } from './structural-schema.ts'

/**
 * Every broken rule, in the order of the schema. What is as it was stored, in `old`, is not held to a schema that came
 * later, wherever upstream can tell which part was which.
 */
export function schemaErrors(schema: StructuralSchema, value: unknown, path = '', old?: unknown): FieldError[] {
  if (value === null && schema.nullable) return []
  if (old !== undefined && jsonEqual(value, old)) return []
  const errors = [...typeErrors(schema, value, path)]
  // A value of the wrong type breaks every other rule too; one error says enough.
  if (errors.length > 0) return errors
  errors.push(...enumErrors(schema, value, path))
  if (typeof value === 'number') errors.push(...numberErrors(schema, value, path))
  if (typeof value === 'string') errors.push(...stringErrors(schema, value, path))
  if (Array.isArray(value)) errors.push(...listErrors(schema, value, path, old))
  if (isObject(value)) errors.push(...objectErrors(schema, value, path, old))
  errors.push(...combinationErrors(schema, value, path))
  return errors
}

function inBody(path: string, value: unknown, rule: string): FieldError {
  const field = path === '' ? '<nil>' : path
  return { field, type: 'FieldValueInvalid', message: `Invalid value: ${shown(value)}: ${path} in body ${rule}` }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function typeErrors(schema: StructuralSchema, value: unknown, path: string): FieldError[] {
  if (schema['x-kubernetes-int-or-string']) {
    if (Number.isInteger(value) || typeof value === 'string') return []
    return [wrongType(path, 'integer,string', value)]
  }
  if (schema.type === undefined || isOfType(schema.type, value)) return []
  return [wrongType(path, schema.type, value)]
}

function wrongType(path: string, wanted: string, value: unknown): FieldError {
  const actual = typeName(value)
  const message = `Invalid value: ${JSON.stringify(actual)}: ${path} in body must be of type ${wanted}: ${JSON.stringify(actual)}`
  return { field: path === '' ? '<nil>' : path, type: 'FieldValueTypeInvalid', message }
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isObject(value)
  return typeof value === type
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function enumErrors({ enum: allowed }: StructuralSchema, value: unknown, path: string): FieldError[] {
  if (!allowed || allowed.some((item) => jsonEqual(item, value))) return []
  const list = allowed.map((item) => JSON.stringify(item)).join(', ')
  return [
    {
      field: path,
      type: 'FieldValueNotSupported',
      message: `Unsupported value: ${shown(value)}: supported values: ${list}`,
    },
  ]
}

function numberErrors(schema: StructuralSchema, value: number, path: string): FieldError[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const errors: FieldError[] = []
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    errors.push(inBody(path, value, `should be less than${exclusiveMaximum ? '' : ' or equal to'} ${maximum}`))
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    errors.push(inBody(path, value, `should be greater than${exclusiveMinimum ? '' : ' or equal to'} ${minimum}`))
  }
  if (multipleOf && !Number.isInteger(value / multipleOf)) {
    errors.push(inBody(path, value, `should be a multiple of ${multipleOf}`))
  }
  return errors
}

function stringErrors({ minLength, maxLength, pattern }: StructuralSchema, value: string, path: string): FieldError[] {
  const errors: FieldError[] = []
  const length = [...value].length
  if (maxLength !== undefined && length > maxLength) {
    errors.push({
      field: path,
      type: 'FieldValueTooLong',
      message: `Too long: may not be more than ${maxLength} bytes`,
    })
  }
  if (minLength !== undefined && length < minLength)
    errors.push(inBody(path, value, `should be at least ${minLength} chars long`))
  if (pattern !== undefined && !matches(pattern, value)) errors.push(inBody(path, value, `should match '${pattern}'`))
  return errors
}

/** A pattern that cannot be read is no reason to refuse the object. */
function matches(pattern: string, value: string): boolean {
  return compilePattern(pattern)?.test(value) ?? true
}

function listErrors(schema: StructuralSchema, value: unknown[], path: string, old: unknown): FieldError[] {
  const { minItems, maxItems, items } = schema
  const errors: FieldError[] = []
  if (maxItems !== undefined && value.length > maxItems) {
    errors.push({
      field: path,
      type: 'FieldValueTooMany',
      message: `Too many: ${value.length}: must have at most ${maxItems} items`,
    })
  }
  if (minItems !== undefined && value.length < minItems) {
    errors.push(inBody(path, value.length, `should have at least ${minItems} items`))
  }
  if (schema['x-kubernetes-list-type'] === 'set' || schema.uniqueItems) errors.push(...duplicateErrors(value, path))
  if (schema['x-kubernetes-list-type'] === 'map') {
    const keys = schema['x-kubernetes-list-map-keys'] ?? []
    errors.push(
      ...duplicateErrors(
        value.map((item) => (isObject(item) ? keyOf(item, keys) : item)),
        path,
      ),
    )
  }
  if (!items) return errors
  const before = correlated(schema, old)
  return [...errors, ...value.flatMap((item, index) => schemaErrors(items, item, `${path}[${index}]`, before(item)))]
}

function keyOf(item: Record<string, unknown>, keys: string[]): unknown {
  return Object.fromEntries(keys.map((key) => [key, item[key]]))
}

function duplicateErrors(values: unknown[], path: string): FieldError[] {
  const seen = new Set<string>()
  const errors: FieldError[] = []
  for (const [index, value] of values.entries()) {
    const text = JSON.stringify(value)
    if (seen.has(text)) {
      errors.push({ field: `${path}[${index}]`, type: 'FieldValueDuplicate', message: `Duplicate value: ${text}` })
    }
    seen.add(text)
  }
  return errors
}

function objectErrors(
  schema: StructuralSchema,
  value: Record<string, unknown>,
  path: string,
  old: unknown,
): FieldError[] {
  const errors: FieldError[] = []
  const olds = isObject(old) ? old : {}
  const at = (name: string) => (path === '' ? name : `${path}.${name}`)
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name))
      errors.push({ field: at(name), type: 'FieldValueRequired', message: 'Required value' })
  }
  const count = Object.keys(value).length
  if (schema.maxProperties !== undefined && count > schema.maxProperties) {
    const message = `Too many: ${count}: must have at most ${schema.maxProperties} items`
    errors.push({ field: path, type: 'FieldValueTooMany', message })
  }
  if (schema.minProperties !== undefined && count < schema.minProperties) {
    errors.push(inBody(path, count, `should have at least ${schema.minProperties} properties`))
  }
  for (const [name, member] of Object.entries(value)) {
    const { properties = {}, additionalProperties } = schema
    const field = Object.hasOwn(properties, name)
      ? properties[name]
      : isObject(additionalProperties)
        ? additionalProperties
        : undefined
    const before = Object.hasOwn(olds, name) ? olds[name] : undefined
    if (field) errors.push(...schemaErrors(field as StructuralSchema, member, at(name), before))
  }
  return errors
}

function combinationErrors(schema: StructuralSchema, value: unknown, path: string): FieldError[] {
  const { allOf, anyOf, oneOf, not } = schema
  const errors: FieldError[] = []
  const holds = (part: StructuralSchema) => schemaErrors(part, value, path).length === 0
  if (anyOf && !anyOf.some(holds)) errors.push(inBody(path, value, 'must validate at least one schema (anyOf)'))
  if (oneOf && oneOf.filter(holds).length !== 1)
    errors.push(inBody(path, value, 'must validate one and only one schema (oneOf)'))
  if (allOf && !allOf.every(holds)) errors.push(inBody(path, value, 'must validate all the schemas (allOf)'))
  if (not && holds(not)) errors.push(inBody(path, value, 'must not validate the schema (not)'))
  return errors
}

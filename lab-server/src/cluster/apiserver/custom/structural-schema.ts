// Structural schemas of custom resources: defaults, pruning and unknown fields. All three walk the same way.

/** One rule of `x-kubernetes-validations`. */
export interface ValidationRule {
  rule?: string
  message?: string
  messageExpression?: string
  reason?: string
  fieldPath?: string
  optionalOldSelf?: boolean
}

/** An `openAPIV3Schema`, as far as it is read here. */
export interface StructuralSchema {
  type?: string
  format?: string
  description?: string
  properties?: Record<string, StructuralSchema>
  additionalProperties?: StructuralSchema | boolean
  items?: StructuralSchema
  required?: string[]
  enum?: unknown[]
  default?: unknown
  nullable?: boolean
  minimum?: number
  maximum?: number
  exclusiveMinimum?: boolean
  exclusiveMaximum?: boolean
  multipleOf?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  minProperties?: number
  maxProperties?: number
  oneOf?: StructuralSchema[]
  anyOf?: StructuralSchema[]
  allOf?: StructuralSchema[]
  not?: StructuralSchema
  'x-kubernetes-preserve-unknown-fields'?: boolean
  'x-kubernetes-int-or-string'?: boolean
  'x-kubernetes-embedded-resource'?: boolean
  'x-kubernetes-list-type'?: string
  'x-kubernetes-list-map-keys'?: string[]
  'x-kubernetes-validations'?: ValidationRule[]
}

type Fields = Record<string, unknown>

// Known of every object, whatever its schema says.
const always = new Set(['apiVersion', 'kind', 'metadata'])

/** Tells an object from other values. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The schema of a field, or of any other member of a map; undefined when there is no such field. */
function fieldSchema(schema: StructuralSchema, name: string): StructuralSchema | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, name)) return schema.properties[name]
  const { additionalProperties } = schema
  if (additionalProperties === true) return { 'x-kubernetes-preserve-unknown-fields': true }
  return additionalProperties || undefined
}

/** Fills in defaults of absent fields; changes `value`. */
export function applySchemaDefaults(schema: StructuralSchema, value: unknown): void {
  if (isObject(value)) {
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      const isAbsent = !Object.hasOwn(value, name) || (value[name] === null && !field.nullable)
      if (isAbsent && field.default !== undefined) value[name] = structuredClone(field.default)
    }
    for (const [name, member] of Object.entries(value)) {
      const field = fieldSchema(schema, name)
      if (field) applySchemaDefaults(field, member)
    }
  }
  if (Array.isArray(value) && schema.items) for (const item of value) applySchemaDefaults(schema.items, item)
}

/** Removes fields that the schema does not know; returns their paths, in the order of the object. */
export function pruneUnknown(schema: StructuralSchema, value: unknown, path = '', isRoot = true): string[] {
  const pruned: string[] = []
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (schema.items) pruned.push(...pruneUnknown(schema.items, item, `${path}[${index}]`, false))
    }
    return pruned
  }
  if (!isObject(value)) return pruned
  const isEmbedded = isRoot || schema['x-kubernetes-embedded-resource'] === true
  for (const name of Object.keys(value)) {
    if (isEmbedded && always.has(name)) continue
    const fieldPath = path === '' ? name : `${path}.${name}`
    const field = fieldSchema(schema, name)
    if (field) pruned.push(...pruneUnknown(field, value[name], fieldPath, false))
    else if (!schema['x-kubernetes-preserve-unknown-fields']) {
      delete value[name]
      pruned.push(fieldPath)
    }
  }
  return pruned
}

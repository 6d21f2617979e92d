// Brings a decoded object into the form in which it is stored: what upstream's decode and encode leave out is left
// out, and amounts are written one way. Works on built-in kinds; a custom kind has a schema of its own.
import type { KindDefinition } from '../objects/kind-definition.ts'
import { canonicalQuantity, isQuantity } from '../objects/quantity.ts'
import type { KubeObject } from '../objects/types.ts'
import { definitionName, fieldOf, resolve, type Schema } from './schemas.ts'

/** Drops unknown fields, nulls and empty optional lists, and rewrites quantities; changes the given object. */
export function normalizeObject(kind: Pick<KindDefinition, 'group' | 'version' | 'kind'>, object: KubeObject): void {
  const name = definitionName(kind)
  if (name) normalize({ ref: name }, object)
}

function normalize(given: Schema, value: unknown): unknown {
  const { schema } = resolve(given)
  if (schema.type === 'quantity') return canonical(value)
  if (schema.type === 'time') return wholeSeconds(value)
  if (schema.type === 'array' && Array.isArray(value)) {
    const { items } = schema
    if (items) for (const [i, item] of value.entries()) value[i] = normalize(items, item)
    return value
  }
  if (schema.type !== 'object' || typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const record = value as Record<string, unknown>
  for (const [field, content] of Object.entries(record)) {
    const known = schema.values ?? fieldOf(schema, field)
    if (!known || content === null || content === undefined) drop(schema, record, field)
    else {
      record[field] = normalize(known, content)
      if (!schema.values && isEmptyCollection(known, record[field])) drop(schema, record, field)
    }
  }
  return value
}

// Times that upstream writes as null when there are none, because their Go type has no absent value.
const writtenAsNull = new Set(['lastProbeTime', 'firstTimestamp', 'lastTimestamp', 'eventTime'])

function drop(schema: Schema, record: Record<string, unknown>, field: string): void {
  if (writtenAsNull.has(field) && record[field] === null) return
  // A required list stays, empty; the value of a map stays too, as the zero value of its type.
  if (schema.required?.includes(field) && record[field] !== undefined) return
  if (schema.values?.type === 'string' && record[field] === null) record[field] = ''
  else delete record[field]
}

function isEmptyCollection(given: Schema, value: unknown): boolean {
  const { schema } = resolve(given)
  if (schema.type === 'array') return Array.isArray(value) && value.length === 0
  const isMap = schema.type === 'object' && schema.values !== undefined
  return isMap && typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function canonical(value: unknown): unknown {
  const isAmount = (typeof value === 'string' || typeof value === 'number') && isQuantity(value)
  return isAmount ? canonicalQuantity(value) : value
}

// Times have whole seconds and are in UTC.
function wholeSeconds(value: unknown): unknown {
  if (typeof value !== 'string' || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return value
  const timeMs = Date.parse(value)
  return Number.isNaN(timeMs) ? value : new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z')
}

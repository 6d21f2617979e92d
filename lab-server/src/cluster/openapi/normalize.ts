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
    if (items) for (const [i, item] of value.entries()) value[i] = normalize(items, item ?? zeroValue(items))
    return value
  }
  if (schema.type !== 'object' || typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const record = value as Record<string, unknown>
  for (const [field, content] of Object.entries(record)) {
    const known = schema.values ?? fieldOf(schema, field)
    if (known && schema.values && content === null) record[field] = zeroValue(known)
    else if (!known || content === null || content === undefined) drop(record, field)
    else {
      record[field] = normalize(known, content)
      // A required list stays, empty.
      const isOptional = !schema.values && !schema.required?.includes(field)
      if (isOptional && isEmptyCollection(known, record[field])) drop(record, field)
    }
  }
  return value
}

// Times that upstream writes as null when there are none, because their Go type has no absent value.
const writtenAsNull = new Set(['lastProbeTime', 'firstTimestamp', 'lastTimestamp', 'eventTime'])

function drop(record: Record<string, unknown>, field: string): void {
  if (writtenAsNull.has(field) && record[field] === null) return
  delete record[field]
}

/** What Go makes of null where a value cannot be absent: in a list, and under the key of a map. */
function zeroValue(given: Schema): unknown {
  const { schema } = resolve(given)
  switch (schema.type) {
    case 'object':
      return {}
    case 'array':
      return []
    case 'string':
    case 'byte':
      return ''
    case 'boolean':
      return false
    case 'quantity':
      return '0'
    case 'number':
    case 'int32':
    case 'int64':
    case 'int-or-string':
      return 0
    default:
      return null
  }
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

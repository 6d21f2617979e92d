// Turns a message into the object that the same request would carry as JSON.
import { getMessage, type MessageField } from './messages.ts'
import { readText, specialMessages } from './special-messages.ts'
import { readFields, WireError, type WireField } from './wire-reader.ts'

type PlainObject = Record<string, unknown>

// Objects nest some 20 deep; a schema in a CustomResourceDefinition may go further.
const MAX_DEPTH = 200

/** Decodes a message of the table. Fields of unknown number are skipped, as newer clients may send them. */
export function decodeMessage(name: string, bytes: Uint8Array, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new WireError('the message nests too deep')
  const decodeInner = (inner: string, innerBytes: Uint8Array) => decodeMessage(inner, innerBytes, depth + 1)
  const special = specialMessages[name]
  if (special) return special(bytes, decodeInner)

  const fields = getMessage(name)
  const result: PlainObject = {}
  for (const wire of readFields(bytes)) {
    const field = fields.get(wire.number)
    if (!field) continue
    if (field.map) {
      addMapEntry(result, field, decodeEntry(wire.bytes, field, decodeInner))
      continue
    }
    const value = decodeValue(field, wire, decodeInner)
    if (field.repeated) {
      const list = (result[field.name] ?? []) as unknown[]
      list.push(value)
      result[field.name] = list
    } else if (field.inline) Object.assign(result, value)
    else if (field.keepsZero) result[field.name] = value ?? null
    else if (value !== undefined && !isZero(value)) result[field.name] = value
  }
  return result
}

type DecodeInner = (name: string, bytes: Uint8Array) => unknown

function decodeValue(field: MessageField, wire: WireField, decodeInner: DecodeInner): unknown {
  switch (field.type) {
    case 'string':
      return readText(wire.bytes)
    case 'int':
      return wire.integer
    case 'bool':
      return wire.integer !== 0
    case 'double':
      return wire.double
    case 'bytes':
      return Buffer.from(wire.bytes).toString('base64')
    default:
      return decodeInner(field.type, wire.bytes)
  }
}

// A map entry is a message of its own: key 1, value 2, either of which may be left out when it is zero.
function decodeEntry(
  bytes: Uint8Array,
  field: MessageField,
  decodeInner: DecodeInner,
): { key: string; value: unknown } {
  let key = ''
  let value: unknown = decodeValue(
    field,
    { number: 2, wireType: 2, bytes: new Uint8Array(0), integer: 0, double: 0 },
    decodeInner,
  )
  for (const wire of readFields(bytes)) {
    if (wire.number === 1) key = readText(wire.bytes)
    if (wire.number === 2) value = decodeValue(field, wire, decodeInner)
  }
  return { key, value }
}

function addMapEntry(result: PlainObject, field: MessageField, { key, value }: { key: string; value: unknown }): void {
  const map = (result[field.name] ?? {}) as PlainObject
  // Defined, not assigned: a label may be called __proto__.
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true })
  result[field.name] = map
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false
}

// JSON values as expressions see them, and back: whole numbers are CEL's ints, and a schema may make more of a text.
import { isObject, type StructuralSchema } from '../custom/structural-schema.ts'

/** Turns JSON into CEL values. With a schema, its formats are honoured and fields have their escaped names. */
export function toCel(value: unknown, schema?: StructuralSchema): unknown {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && schema?.type !== 'number' ? BigInt(value) : value
  }
  if (typeof value === 'string') return textToCel(value, schema?.format)
  if (Array.isArray(value)) return value.map((item) => toCel(item, schema?.items))
  if (!isObject(value)) return value
  const members = Object.entries(value).flatMap(([name, member]) => {
    const property = schema?.properties?.[name]
    const others = isObject(schema?.additionalProperties)
      ? (schema.additionalProperties as StructuralSchema)
      : undefined
    const known = toCel(member, property ?? others)
    const escaped = property ? escapeName(name) : name
    // In backticks a field may be written as it is.
    const written = escaped === name ? [name] : [escaped, name]
    return written.map((field) => [field, known] as const)
  })
  return Object.fromEntries(members)
}

function textToCel(text: string, format: string | undefined): unknown {
  if (format === 'date-time' || format === 'date') {
    const timeMs = Date.parse(text)
    return Number.isNaN(timeMs) ? text : new Date(timeMs)
  }
  return format === 'byte' ? new Uint8Array(Buffer.from(text, 'base64')) : text
}

/** Turns what an expression yields into JSON. */
export function fromCel(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, 'Z')
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(fromCel)
  const members = value instanceof Map ? [...value] : isObject(value) ? Object.entries(value) : undefined
  if (!members) return value
  return Object.fromEntries(members.map(([name, member]) => [String(name), fromCel(member)]))
}

const keywords = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

/** A field's name as an expression has to write it. */
export function escapeName(name: string): string {
  if (keywords.has(name)) return `__${name}__`
  return name.replace(/__|[.\-/]/g, (part) => escapes[part] ?? part)
}

const escapes: Record<string, string> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
}

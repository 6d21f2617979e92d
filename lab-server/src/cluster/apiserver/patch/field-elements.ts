// Where a value sits inside its parent: the path elements of fields and list items.
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts'
import type { ListSchema } from './merge-schema.ts'

// The only keys with a default of their own: ports of containers and Services.
const KEY_DEFAULTS: Record<string, JsonValue> = { protocol: 'TCP' }

/** The path element of a member of an object. */
export function fieldElement(name: string): string {
  return `f:${name}`
}

/** The path element of a list item: its keys, or its value in a set. `undefined` when it has neither. */
export function itemElement(schema: ListSchema, item: JsonValue): string | undefined {
  if (schema.listType === 'set')
    return isJsonObject(item) || Array.isArray(item) ? undefined : `v:${JSON.stringify(item)}`
  if (!isJsonObject(item)) return undefined
  const keys: JsonObject = {}
  for (const name of [...schema.mapKeys].sort()) {
    const value = item[name] ?? KEY_DEFAULTS[name]
    if (value !== undefined && value !== null) keys[name] = value
  }
  return Object.keys(keys).length > 0 ? `k:${JSON.stringify(keys)}` : undefined
}

/** Items of a list by their elements, in order; of duplicates the first is kept. */
export function indexItems(schema: ListSchema, items: JsonValue[]): Map<string, JsonValue> {
  const index = new Map<string, JsonValue>()
  for (const item of items) {
    const element = itemElement(schema, item)
    if (element !== undefined && !index.has(element)) index.set(element, item)
  }
  return index
}

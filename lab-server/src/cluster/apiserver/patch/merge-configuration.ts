// The merge of server-side apply: what the configuration sets wins, the rest stays; and the removal of fields.
import { fieldElement, indexItems, itemElement } from './field-elements.ts'
import type { FieldSet } from './field-set.ts'
import { isEmptySet } from './field-set.ts'
import { isJsonObject, type JsonObject, type JsonValue, ownMember, setMember } from './json-value.ts'
import { type ListSchema, type MergeSchema, schemaFor } from './merge-schema.ts'

/** Merges a configuration into a live value; shares parts with both. */
export function mergeConfiguration(
  live: JsonValue | undefined,
  applied: JsonValue | undefined,
  schema: MergeSchema,
): JsonValue | undefined {
  if (applied === undefined) return live
  if (live === undefined) return applied
  const type = schemaFor(schema, applied)
  if (type.type === 'object' && !type.atomic && isJsonObject(live) && isJsonObject(applied)) {
    const result: JsonObject = { ...live }
    for (const [name, value] of Object.entries(applied)) {
      const merged = mergeConfiguration(ownMember(live, name), value, type.field(name) ?? type.values)
      if (merged !== undefined) setMember(result, name, merged)
    }
    return result
  }
  if (type.type === 'list' && type.listType !== 'atomic' && Array.isArray(live) && Array.isArray(applied)) {
    return mergeItems(live, applied, type)
  }
  return applied
}

// Live items keep their places; applied ones follow their own order, weaving in where both lists share an item.
function mergeItems(live: JsonValue[], applied: JsonValue[], schema: ListSchema): JsonValue[] {
  const liveItems = indexItems(schema, live)
  const appliedItems = indexItems(schema, applied)
  const shared = [...appliedItems.keys()].filter((element) => liveItems.has(element))
  const liveOrder = [...liveItems.keys()]
  const appliedOrder = [...appliedItems.keys()]
  const done = new Set<string>()
  const result: JsonValue[] = []
  const take = (element: string) => {
    const merged = mergeConfiguration(liveItems.get(element), appliedItems.get(element), schema.items)
    if (merged !== undefined) result.push(merged)
    done.add(element)
    if (shared[0] === element) shared.shift()
  }

  let liveAt = 0
  let appliedAt = 0
  while (liveAt < liveOrder.length || appliedAt < appliedOrder.length) {
    const liveElement = liveOrder[liveAt]
    const appliedElement = appliedOrder[appliedAt]
    if (liveElement !== undefined) {
      if (liveElement === appliedElement) {
        take(liveElement)
        liveAt++
        appliedAt++
        continue
      }
      const isShared = appliedItems.has(liveElement)
      if (!isShared) take(liveElement)
      // A shared item is placed by the applied order: out of turn, or already taken, it is passed over here.
      if (!isShared || done.has(liveElement) || (appliedElement !== undefined && shared[0] !== liveElement)) {
        liveAt++
        continue
      }
    }
    if (appliedElement === undefined) liveAt++
    else {
      take(appliedElement)
      appliedAt++
    }
  }
  return result
}

/** The value without the members of `gone`; `undefined` when nothing is left of it. */
export function removeFields(value: JsonValue, gone: FieldSet, schema: MergeSchema): JsonValue | undefined {
  if (isEmptySet(gone)) return value
  const type = schemaFor(schema, value)
  if (type.type === 'object' && !type.atomic && isJsonObject(value)) {
    const result: JsonObject = {}
    for (const [name, member] of Object.entries(value)) {
      const kept = removeChild(member, gone.children.get(fieldElement(name)), type.field(name) ?? type.values)
      if (kept !== undefined) setMember(result, name, kept)
    }
    return Object.keys(result).length > 0 ? result : undefined
  }
  if (type.type === 'list' && type.listType !== 'atomic' && Array.isArray(value)) {
    const kept = value.flatMap((item) => {
      const element = itemElement(type, item)
      const rest = removeChild(item, element === undefined ? undefined : gone.children.get(element), type.items)
      return rest === undefined ? [] : [rest]
    })
    return kept.length > 0 ? kept : undefined
  }
  return value
}

function removeChild(value: JsonValue, gone: FieldSet | undefined, schema: MergeSchema): JsonValue | undefined {
  if (!gone) return value
  return gone.member ? undefined : removeFields(value, gone, schema)
}

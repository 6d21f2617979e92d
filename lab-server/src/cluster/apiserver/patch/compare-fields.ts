// Which fields an object has, and which differ between two objects, as sets of paths. What counts as one field comes
// from the schema: an atomic list is one, a keyed list has one per item.
import { fieldElement, indexItems } from './field-elements.ts'
import { childAt, emptySet, type FieldSet } from './field-set.ts'
import { equalJson, isJsonObject, type JsonObject, type JsonValue, ownMember } from './json-value.ts'
import { type ListSchema, type MergeSchema, type ObjectSchema, schemaFor } from './merge-schema.ts'

/** What changed from one object to the next. */
export interface Comparison {
  added: FieldSet
  modified: FieldSet
  removed: FieldSet
}

/** Compares two values of a type; the root itself is never in a set. */
export function compareFields(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  schema: MergeSchema,
): Comparison {
  const comparison: Comparison = { added: emptySet(), modified: emptySet(), removed: emptySet() }
  compare(before, after, schema, { comparison, path: [] })
  for (const set of Object.values(comparison) as FieldSet[]) set.member = false
  return comparison
}

interface Walk {
  comparison: Comparison
  path: string[]
}

function compare(before: JsonValue | undefined, after: JsonValue | undefined, schema: MergeSchema, walk: Walk): void {
  // The same frozen value on both sides is the usual case, and the cheapest.
  if (before === after) return
  const type = schemaFor(schema, after ?? before)
  if (type.type === 'object' && canDescend(before, after, isJsonObject) && !type.atomic) {
    compareObjects(asObject(before), asObject(after), type, walk)
    notePresence(before, after, walk)
    return
  }
  if (type.type === 'list' && canDescend(before, after, Array.isArray) && type.listType !== 'atomic') {
    compareLists(asList(before), asList(after), type, walk)
    notePresence(before, after, walk)
    return
  }
  noteLeaf(before, after, walk)
}

// Empty or null on both sides is a leaf: its presence is all there is to own.
function canDescend(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  fits: (value: JsonValue) => boolean,
): boolean {
  const isAbsent = (value: JsonValue | undefined) => value === undefined || value === null
  const isBare = (value: JsonValue | undefined) => isAbsent(value) || Object.keys(value as object).length === 0
  if (!isAbsent(before) && !fits(before as JsonValue)) return false
  if (!isAbsent(after) && !fits(after as JsonValue)) return false
  return !(isBare(before) && isBare(after))
}

function compareObjects(before: JsonObject, after: JsonObject, schema: ObjectSchema, walk: Walk): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    walk.path.push(fieldElement(name))
    compare(ownMember(before, name), ownMember(after, name), schema.field(name) ?? schema.values, walk)
    walk.path.pop()
  }
}

function compareLists(before: JsonValue[], after: JsonValue[], schema: ListSchema, walk: Walk): void {
  const itemsBefore = indexItems(schema, before)
  const itemsAfter = indexItems(schema, after)
  for (const element of new Set([...itemsBefore.keys(), ...itemsAfter.keys()])) {
    walk.path.push(element)
    compare(itemsBefore.get(element), itemsAfter.get(element), schema.items, walk)
    walk.path.pop()
  }
}

function notePresence(before: JsonValue | undefined, after: JsonValue | undefined, walk: Walk): void {
  if (before === undefined) note(walk.comparison.added, walk)
  else if (after === undefined) note(walk.comparison.removed, walk)
}

function noteLeaf(before: JsonValue | undefined, after: JsonValue | undefined, walk: Walk): void {
  if (before === undefined || after === undefined) notePresence(before, after, walk)
  else if (!equalJson(before, after)) note(walk.comparison.modified, walk)
}

function note(set: FieldSet, { path }: Walk): void {
  childAt(set, path).member = true
}

function asObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function asList(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : []
}

/** The fields that a configuration sets, as server-side apply owns them. */
export function fieldsOf(value: JsonValue | undefined, schema: MergeSchema): FieldSet {
  const set = emptySet()
  if (value !== undefined) collect(value, schema, set)
  set.member = false
  return set
}

function collect(value: JsonValue, schema: MergeSchema, set: FieldSet): void {
  const type = schemaFor(schema, value)
  if (type.type === 'object' && !type.atomic && isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      const child = childAt(set, [fieldElement(name)])
      const declared = type.field(name)
      collect(member, declared ?? type.values, child)
      const isBare = member === null || (isJsonObject(member) && Object.keys(member).length === 0)
      if (isBare || !declared) child.member = true
    }
    return
  }
  if (type.type === 'list' && type.listType !== 'atomic' && Array.isArray(value)) {
    for (const [element, item] of indexItems(type, value)) {
      const child = childAt(set, [element])
      collect(item, type.items, child)
      child.member = true
    }
    return
  }
  set.member = true
}

/** The set with every declared field on the way to a member made a member too. */
export function withNamedFields(set: FieldSet, schema: MergeSchema): FieldSet {
  const result: FieldSet = { member: set.member, children: new Map() }
  for (const [element, child] of set.children) {
    const type = schema.type === 'object' ? schema : undefined
    const declared = type && element.startsWith('f:') ? type.field(element.slice(2)) : undefined
    const inner = declared ?? (schema.type === 'list' ? schema.items : (type?.values ?? schema))
    const closed = withNamedFields(child, inner)
    if (declared && child.children.size > 0) closed.member = true
    result.children.set(element, closed)
  }
  return result
}

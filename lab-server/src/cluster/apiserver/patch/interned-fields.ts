// Objects of one kind written by one component own the same fields, so their fieldsV1 trees are equal, or differ in one
// branch. Each tree and each branch is kept once for the whole process: without that, managed fields would take more
// memory than the objects they describe.
import { hash } from 'node:crypto'
import type { KubeObject } from '../../objects/types.ts'
import { deepShare, isShared } from '../../store/frozen-json.ts'
import { type FieldSet, fromFieldsV1, toFieldsV1 } from './field-set.ts'
import { isJsonObject, type JsonObject, type JsonValue, setMember } from './json-value.ts'

const known = new Map<string, WeakRef<JsonObject>>()
const forgotten = new FinalizationRegistry<string>((id) => {
  if (known.get(id)?.deref() === undefined) known.delete(id)
})

// Most of a tree: a field that is owned and has no fields of its own.
const LEAF: JsonObject = deepShare({})

// A manager whose fields did not change is read from a tree and written as the same one.
const setOfTree = new WeakMap<JsonObject, FieldSet>()
const treeOfSet = new WeakMap<FieldSet, JsonObject>()

// A digest of longer texts, so that the table does not keep them.
const LONG_TEXT = 64

/** The frozen, shared `fieldsV1` of a set; the set must not be changed afterwards. */
export function internFields(set: FieldSet): JsonObject {
  const known = treeOfSet.get(set)
  if (known) return known
  const tree = shareTree(toFieldsV1(set))
  treeOfSet.set(set, tree)
  return tree
}

/** The set that a `fieldsV1` describes; not to be changed. */
export function readFields(fields: JsonValue | undefined): FieldSet {
  if (!isJsonObject(fields) || !isShared(fields)) return fromFieldsV1(fields)
  const known = setOfTree.get(fields)
  if (known) return known
  const set = fromFieldsV1(fields)
  setOfTree.set(fields, set)
  treeOfSet.set(set, fields)
  return set
}

/** The object with its managed fields replaced by equal shared ones: for storing, after a copy or from a file. */
export function shareManagedFields(object: KubeObject): KubeObject {
  const { managedFields } = object.metadata
  if (!managedFields?.length) return object
  const shared = managedFields.map((entry) =>
    entry.fieldsV1 ? { ...entry, fieldsV1: shareTree(entry.fieldsV1 as JsonObject) } : entry,
  )
  return { ...object, metadata: { ...object.metadata, managedFields: shared } }
}

function shareTree(fields: JsonObject): JsonObject {
  if (isShared(fields)) return fields
  const names = Object.keys(fields)
  if (names.length === 0) return LEAF
  const text = JSON.stringify(fields)
  const id = text.length > LONG_TEXT ? hash('sha1', text, 'base64') : text
  const shared = known.get(id)?.deref()
  if (shared) return shared
  const tree: JsonObject = {}
  for (const name of names) setMember(tree, name, shareTree(fields[name] as JsonObject))
  deepShare(tree)
  known.set(id, new WeakRef(tree))
  forgotten.register(tree, id)
  return tree
}

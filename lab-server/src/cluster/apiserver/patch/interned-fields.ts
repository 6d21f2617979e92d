// Objects of one kind written by one component own the same fields, so their fieldsV1 trees are equal. Each tree is kept
// once for the whole process: without that, managed fields would take more memory than the objects they describe.
import type { KubeObject } from '../../objects/types.ts'
import { type FieldSet, toFieldsV1 } from './field-set.ts'
import type { JsonObject } from './json-value.ts'

const known = new Map<string, WeakRef<JsonObject>>()
const forgotten = new FinalizationRegistry<string>((text) => {
  if (known.get(text)?.deref() === undefined) known.delete(text)
})

/** The frozen, shared `fieldsV1` of a set. */
export function internFields(set: FieldSet): JsonObject {
  return shareTree(toFieldsV1(set))
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
  const text = JSON.stringify(fields)
  const shared = known.get(text)?.deref()
  if (shared) return shared
  freeze(fields)
  known.set(text, new WeakRef(fields))
  forgotten.register(fields, text)
  return fields
}

function freeze(fields: JsonObject): void {
  Object.freeze(fields)
  for (const child of Object.values(fields)) freeze(child as JsonObject)
}

// Strategic merge patch: a merge patch that knows which lists are keyed, with directives for what a plain merge cannot
// say. https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
import {
  cloneJson,
  equalJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ownMember,
  setMember,
} from './json-value.ts'
import { type ListSchema, type MergeSchema, type ObjectSchema, schemaFor, untyped } from './merge-schema.ts'
import {
  checkElementOrder,
  goText,
  isDirectiveItem,
  orderItems,
  requireMergeKey,
  StrategicMergeError,
  withoutDuplicates,
} from './strategic-lists.ts'

const DELETE_FROM_LIST = '$deleteFromPrimitiveList/'
const SET_ORDER = '$setElementOrder/'

/** Applies a strategic merge patch; neither argument is changed. Throws `StrategicMergeError`. */
export function applyStrategicMerge(original: JsonObject, patch: JsonObject, schema: MergeSchema): JsonObject {
  return mergeObject(cloneJson(original), cloneJson(patch), schema)
}

// Both objects are ours to change; directives leave the patch as they are honoured.
function mergeObject(original: JsonObject, patch: JsonObject, schema: MergeSchema): JsonObject {
  const directive = ownMember(patch, '$patch')
  if (directive === 'replace') {
    delete patch.$patch
    return withoutDirectives(patch) as JsonObject
  }
  if (directive === 'delete') return {}
  if (directive === 'merge') delete patch.$patch
  else if (directive !== undefined) throw badDirective(directive, patch)

  retainKeys(original, patch)
  mergeOrderedLists(original, patch, schema)

  for (const [name, value] of Object.entries(patch)) {
    const isDeletion = name.startsWith(DELETE_FROM_LIST)
    const key = isDeletion ? name.slice(DELETE_FROM_LIST.length) : name
    if (value === null) {
      delete original[key]
      continue
    }
    const present = ownMember(original, key)
    if (isDeletion) {
      if (Array.isArray(present) && Array.isArray(value)) original[key] = deleteScalars(present, value)
      continue
    }
    setMember(original, key, mergeMember(present, value, fieldSchema(schema, key, value)))
  }
  return original
}

function mergeMember(present: JsonValue | undefined, value: JsonValue, schema: MergeSchema): JsonValue {
  if (isJsonObject(present) && isJsonObject(value)) {
    const replaced = schema.type === 'object' && schema.patchStrategies.includes('replace')
    return replaced ? withoutDirectives(value) : mergeObject(present, value, schema)
  }
  if (Array.isArray(present) && Array.isArray(value) && schema.type === 'list') {
    if (schema.patchStrategies.includes('merge')) return mergeList(present, value, schema)
  }
  return withoutDirectives(value)
}

function fieldSchema(schema: MergeSchema, key: string, value: JsonValue): MergeSchema {
  const object: ObjectSchema = schema.type === 'object' ? schema : untyped
  return schemaFor(object.field(key) ?? object.values, value)
}

function retainKeys(original: JsonObject, patch: JsonObject): void {
  const kept = ownMember(patch, '$retainKeys')
  if (kept === undefined) return
  delete patch.$retainKeys
  if (!Array.isArray(kept)) throw malformed('retainKeys')
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ORDER)) continue
    if (!kept.includes(key)) throw malformed('retainKeys')
  }
  for (const key of Object.keys(original)) if (!kept.includes(key)) delete original[key]
}

// Handles each `$setElementOrder/x` together with its list, so that the order holds after the merge.
function mergeOrderedLists(original: JsonObject, patch: JsonObject, schema: MergeSchema): void {
  for (const [name, order] of Object.entries(patch)) {
    if (!name.startsWith(SET_ORDER)) continue
    delete patch[name]
    if (!Array.isArray(order)) throw malformed('setElementOrder list')
    const key = name.slice(SET_ORDER.length)
    const present = ownMember(original, key)
    const added = ownMember(patch, key)
    if (present === undefined && added === undefined) continue
    if ((present !== undefined && !Array.isArray(present)) || (added && !Array.isArray(added))) {
      throw malformed('setElementOrder list')
    }
    const list = fieldSchema(schema, key, order)
    const mergeKey = list.type === 'list' ? list.patchMergeKey : undefined
    const addedList = Array.isArray(added) ? added : []
    checkElementOrder(addedList, order, mergeKey)
    const before = cloneJson(present ?? [])
    const merged = added ? mergeMember(present, added, list) : (present ?? [])
    if (!Array.isArray(merged)) throw malformed('setElementOrder list')
    original[key] = orderItems(merged, { asked: order, present: before, mergeKey })
    delete patch[key]
  }
}

function mergeList(present: JsonValue[], patch: JsonValue[], schema: ListSchema): JsonValue[] {
  if (present.some(Array.isArray) || patch.some(Array.isArray)) {
    throw new StrategicMergeError('unusable', 'lists of lists are not supported')
  }
  const before = cloneJson(present)
  const hasObjects = [...present, ...patch].some(isJsonObject)
  if (!hasObjects) {
    const merged = withoutDuplicates([...present, ...patch])
    return orderItems(merged, { asked: patch, present: before, mergeKey: undefined })
  }
  const mergeKey = schema.patchMergeKey
  if (mergeKey === undefined) throw new StrategicMergeError('unforeseen', 'the list has no merge key')

  const changes = patch.filter((item) => !isDirectiveItem(item))
  const merged = applyItemDirectives(present, patch, mergeKey)
  for (const change of changes) {
    const wanted = requireMergeKey(change, mergeKey)
    const index = merged.findIndex((item) => equalJson(isJsonObject(item) ? item[mergeKey] : undefined, wanted))
    const match = merged[index]
    if (isJsonObject(match) && isJsonObject(change)) merged[index] = mergeObject(match, cloneJson(change), schema.items)
    else merged.push(withoutDirectives(change))
  }
  return orderItems(merged, { asked: changes, present: before, mergeKey })
}

// `{$patch: replace}` anywhere in the list empties it first; `{$patch: delete, key: …}` takes matching items out.
function applyItemDirectives(present: JsonValue[], patch: JsonValue[], mergeKey: string): JsonValue[] {
  let kept = present
  for (const item of patch.filter(isDirectiveItem)) {
    if (item.$patch === 'replace') kept = []
    else if (item.$patch === 'delete') {
      const gone = requireMergeKey(item, mergeKey)
      kept = kept.filter((other) => !equalJson(isJsonObject(other) ? other[mergeKey] : undefined, gone))
    } else throw badDirective(item.$patch, item)
  }
  return [...kept]
}

function deleteScalars(present: JsonValue[], gone: JsonValue[]): JsonValue[] {
  return present.filter((value) => !gone.some((other) => equalJson(other, value)))
}

// What a patch adds where nothing was: nulls mean nothing there, and directives have nothing to act on.
function withoutDirectives(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    return value.filter((item) => !isDirectiveItem(item)).map(withoutDirectives)
  }
  if (!isJsonObject(value)) return value
  if (value.$patch === 'delete') return {}
  const result: JsonObject = {}
  for (const [key, member] of Object.entries(value)) {
    const isDirective = key === '$patch' || key === '$retainKeys' || key.startsWith(SET_ORDER)
    if (member === null || isDirective || key.startsWith(DELETE_FROM_LIST)) continue
    setMember(result, key, withoutDirectives(member))
  }
  return result
}

function malformed(directive: string): StrategicMergeError {
  return new StrategicMergeError('malformed', `invalid patch format of ${directive}`)
}

function badDirective(directive: JsonValue, patch: JsonObject): StrategicMergeError {
  return new StrategicMergeError('unforeseen', `unknown patch type '${goText(directive)}' in map: ${goText(patch)}`)
}

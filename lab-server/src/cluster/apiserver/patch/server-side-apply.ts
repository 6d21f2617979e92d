// Server-side apply: merges a configuration into the live object, removes what the same manager applied before and no
// longer does, and refuses to change what others own unless told to.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/
import type { KubeObject } from '../../objects/types.ts'
import { badRequest } from '../errors.ts'
import { applyConflict, type FieldConflict } from './apply-conflict.ts'
import { compareFields, fieldsOf, withNamedFields } from './compare-fields.ts'
import { fieldElement } from './field-elements.ts'
import { entryTime, type FieldManager, type FieldManagers, identityOf, readManagers } from './field-managers.ts'
import { differenceOf, emptySet, type FieldSet, intersectionOf, isEmptySet, pathsOf, unionOf } from './field-set.ts'
import { equalJson, isJsonObject, type JsonObject, type JsonValue, setMember } from './json-value.ts'
import { fieldsLastApplied, KUBECTL_MANAGER, renewLastApplied } from './last-applied.ts'
import { disown, ownable, trackUpdate, withManagers, withoutManagers } from './managed-fields.ts'
import { mergeConfiguration, removeFields } from './merge-configuration.ts'
import type { MergeSchema } from './merge-schema.ts'
import { requireTyped } from './typed-configuration.ts'

/** An apply as it arrives. */
export interface ApplyInput {
  /** Absent when the apply creates the object. */
  live?: KubeObject
  applied: KubeObject
  manager: string
  force: boolean
  subresource?: string
  nowMs: number
  schema: MergeSchema
  hasStatus: boolean
}

/** The object after an apply: `live` itself when nothing changes. Throws `ApiError` 409 for conflicts. */
export function serverSideApply(request: ApplyInput): KubeObject {
  // A null sets nothing: `kubectl create --dry-run -o yaml` prints times that were never set.
  const input = { ...request, applied: withoutNulls(request.applied as unknown as JsonObject) as unknown as KubeObject }
  const { applied, schema } = input
  if (applied.metadata.managedFields?.length) throw badRequest('metadata.managedFields must be nil')
  requireTyped(applied, schema)
  const start = input.live ?? emptyLive(applied)
  const live = input.live ? adopt(input.live, input) : start
  const managers = readManagers(live.metadata.managedFields)

  const applier: FieldManager = {
    manager: input.manager,
    operation: 'Apply',
    apiVersion: applied.apiVersion,
    subresource: input.subresource ?? '',
    fields: ownable(fieldsOf(withoutManagers(applied), schema), input),
  }
  const identity = identityOf(applier)
  const last = managers.get(identity)
  const merged = mergeConfiguration(withoutManagers(live), withoutManagers(applied), schema) as JsonObject
  const withApplier = new Map(managers).set(identity, applier)
  const pruned = prune(merged, last?.fields, withApplier, schema)

  const comparison = compareFields(withoutManagers(start), pruned, schema)
  const changed = unionOf(comparison.added, comparison.modified)
  if (!input.force) refuseConflicts(findConflicts(withApplier, identity, changed), live, input)

  const remaining = disown(withApplier, comparison, identity)
  const unchanged = last !== undefined && sameFields(last.fields, applier.fields)
  const isNoop = equalJson(pruned, withoutManagers(start)) && unchanged && remaining.size === managers.size
  if (isNoop && input.live) return input.live
  remaining.set(identity, { ...applier, time: entryTime(input.nowMs) })
  const result = withManagers(pruned as unknown as KubeObject, remaining, live.metadata.managedFields)
  return input.manager === KUBECTL_MANAGER ? renewLastApplied(result, applied) : result
}

function emptyLive({ apiVersion, kind }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata: {} }
}

// What is there before the first apply belongs to somebody: without that, apply would take everything silently.
function adopt(live: KubeObject, { nowMs, schema, hasStatus }: ApplyInput): KubeObject {
  if (live.metadata.managedFields?.length) return live
  return trackUpdate({ after: live, manager: 'before-first-apply', nowMs, schema, hasStatus })
}

function findConflicts(managers: FieldManagers, applier: string, changed: FieldSet): FieldConflict[] {
  return [...managers].flatMap(([identity, owner]) => {
    if (identity === applier) return []
    const paths = pathsOf(intersectionOf(owner.fields, changed))
    return paths.length > 0 ? [{ owner, paths }] : []
  })
}

function refuseConflicts(conflicts: FieldConflict[], live: KubeObject, { manager, schema }: ApplyInput): void {
  if (conflicts.length === 0) return
  const own = manager === KUBECTL_MANAGER ? fieldsLastApplied(live, schema) : undefined
  const ownPaths = new Set(own ? pathsOf(own).map((path) => path.join('\n')) : [])
  const remaining = conflicts
    .map(({ owner, paths }) => ({ owner, paths: paths.filter((path) => !ownPaths.has(path.join('\n'))) }))
    .filter(({ paths }) => paths.length > 0)
  if (remaining.length > 0) throw applyConflict(remaining)
}

// Removes what this manager applied last time and does not now, unless somebody else owns it.
function prune(
  merged: JsonObject,
  last: FieldSet | undefined,
  managers: FieldManagers,
  schema: MergeSchema,
): JsonObject {
  if (!last || isEmptySet(last)) return merged
  const lastNamed = keepingIdentity(withNamedFields(last, schema))
  const pruned = removeFields(merged, lastNamed, schema)
  const before = withNamedFields(fieldsOf(merged, schema), schema)
  const after = withNamedFields(fieldsOf(pruned, schema), schema)
  const owned = [...managers.values()].reduce((set, { fields }) => unionOf(set, fields), emptySet())
  const kept = unionOf(after, withNamedFields(owned, schema))
  // Only what was applied last time may go; the rest fell with a parent and comes back.
  const gone = intersectionOf(differenceOf(before, kept), lastNamed)
  return (removeFields(merged, gone, schema) ?? {}) as JsonObject
}

/** Name and namespace belong to nobody and stay, also when everything else of the metadata goes. */
function keepingIdentity(set: FieldSet): FieldSet {
  const element = fieldElement('metadata')
  const metadata = set.children.get(element)
  if (!metadata?.member) return set
  return { ...set, children: new Map(set.children).set(element, { ...metadata, member: false }) }
}

function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isJsonObject(value)) return value
  const result: JsonObject = {}
  for (const [name, member] of Object.entries(value)) if (member !== null) setMember(result, name, withoutNulls(member))
  return result
}

function sameFields(left: FieldSet, right: FieldSet): boolean {
  return isEmptySet(differenceOf(left, right)) && isEmptySet(differenceOf(right, left))
}

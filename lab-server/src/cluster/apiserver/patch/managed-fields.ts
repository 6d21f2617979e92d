// Who owns which field: `metadata.managedFields`, kept up to date on every write.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
import type { KubeObject, ManagedFieldsEntry } from '../../objects/types.ts'
import { withPresentParts } from './always-present.ts'
import { type Comparison, compareFields } from './compare-fields.ts'
import {
  capUpdaters,
  entryTime,
  type FieldManager,
  type FieldManagers,
  identityOf,
  readManagers,
  writeManagers,
} from './field-managers.ts'
import {
  differenceOf,
  type FieldPath,
  type FieldSet,
  intersectionOf,
  isEmptySet,
  unionOf,
  withoutSubtree,
} from './field-set.ts'
import type { JsonObject } from './json-value.ts'
import type { MergeSchema } from './merge-schema.ts'

/** A write as the tracker needs to know it. */
export interface TrackedWrite {
  /** The object before; absent for a create. */
  before?: KubeObject
  after: KubeObject
  manager: string
  subresource?: string
  nowMs: number
  schema: MergeSchema
  /** The kind has a `/status`: then the main resource owns nothing of the status. */
  hasStatus: boolean
}

// Nobody owns what the server alone decides.
const UNOWNED: FieldPath[] = [
  ['f:apiVersion'],
  ['f:kind'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => ['f:metadata', `f:${name}`]),
]

/** The fields of a set that can have an owner, given where the write came in. */
export function ownable(fields: FieldSet, write: { subresource?: string | undefined; hasStatus: boolean }): FieldSet {
  let result = fields
  for (const path of UNOWNED) result = withoutSubtree(result, path)
  if (write.subresource === 'status') result = withoutSubtree(result, ['f:spec'])
  else if (write.hasStatus && !write.subresource) result = withoutSubtree(result, ['f:status'])
  const metadata = result.children.get('f:metadata')
  if (!metadata?.member) return result
  const bare = { ...metadata, member: false }
  const children = new Map(result.children).set('f:metadata', bare)
  if (isEmptySet(bare)) children.delete('f:metadata')
  return { ...result, children }
}

/** Compares two states of an object without their managed fields. */
export function compareObjects(before: KubeObject | undefined, after: KubeObject, schema: MergeSchema): Comparison {
  const earlier = withPresentParts(before ? withoutManagers(before) : {}, schema)
  return compareFields(earlier, withPresentParts(withoutManagers(after), schema), schema)
}

/** The object as plain JSON without its managed fields; shares everything else. */
export function withoutManagers(object: KubeObject): JsonObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata } as unknown as JsonObject
}

// Upstream writes these past its field managers: no one owns a pod's node.
const UNTRACKED = new Set(['binding'])

/** The object with its managers brought up to date after a create, update or patch. */
export function trackUpdate(write: TrackedWrite): KubeObject {
  const { before, after, manager, subresource = '', nowMs, schema } = write
  if (UNTRACKED.has(subresource)) return after
  const present = managersBefore(before, after, subresource)
  // An object whose managers somebody cleared stays untracked until the next apply.
  if (before && present.size === 0) return withManagers(after, present, undefined)

  const comparison = compareObjects(before, after, schema)
  const managers = disown(present, comparison)
  const taken = ownable(unionOf(comparison.added, comparison.modified), write)
  if (!isEmptySet(taken)) {
    const { apiVersion } = after
    const writer: FieldManager = { manager, operation: 'Update', apiVersion, subresource, fields: taken }
    const identity = identityOf(writer)
    const owned = managers.get(identity)?.fields
    const fields = owned ? unionOf(owned, taken) : taken
    // A scale carries no time, as upstream's does not: it is recorded by way of another object.
    managers.set(identity, { ...writer, ...(subresource === 'scale' ? {} : { time: entryTime(nowMs) }), fields })
  }
  return withManagers(after, capUpdaters(managers), before?.metadata.managedFields)
}

// A client may set managed fields itself: kubectl does, to move from client-side to server-side apply. One that leaves
// them out does not understand them; one that sends a single empty entry wants them cleared.
function managersBefore(before: KubeObject | undefined, after: KubeObject, subresource: string): FieldManagers {
  const sent = after.metadata.managedFields
  const stored = readManagers(before?.metadata.managedFields)
  if (subresource) return stored
  if (sent?.length === 1 && Object.keys(sent[0] ?? {}).length === 0) return new Map()
  const managers = readManagers(sent)
  return managers.size > 0 ? managers : stored
}

/** Takes from every manager but `writer` what changed or went. */
export function disown(managers: FieldManagers, comparison: Comparison, writer?: string): FieldManagers {
  const changed = unionOf(unionOf(comparison.added, comparison.modified), comparison.removed)
  if (isEmptySet(changed)) return new Map(managers)
  const result: FieldManagers = new Map()
  for (const [identity, entry] of managers) {
    if (identity === writer || isEmptySet(intersectionOf(entry.fields, changed))) result.set(identity, entry)
    else {
      const fields = differenceOf(entry.fields, changed)
      if (!isEmptySet(fields)) result.set(identity, { ...entry, fields })
    }
  }
  return result
}

/** A copy of the object with these managers; entries equal to those in `known` are taken from there. */
export function withManagers(
  object: KubeObject,
  managers: FieldManagers,
  known: ManagedFieldsEntry[] | undefined,
): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata
  const entries = writeManagers(managers).map((entry) => known?.find((other) => isSameEntry(other, entry)) ?? entry)
  if (entries.length > 0) return { ...object, metadata: { ...metadata, managedFields: entries } }
  return { ...object, metadata }
}

// Trees are interned, so equal ones are the same object once they went through here.
function isSameEntry(left: ManagedFieldsEntry, right: ManagedFieldsEntry): boolean {
  return (
    left.fieldsV1 === right.fieldsV1 &&
    left.manager === right.manager &&
    left.operation === right.operation &&
    left.apiVersion === right.apiVersion &&
    left.subresource === right.subresource &&
    left.time === right.time
  )
}

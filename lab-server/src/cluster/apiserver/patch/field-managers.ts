// `metadata.managedFields` as a table of managers, each with the set of fields that it owns.
import { formatTime } from '../../clock.ts'
import type { ManagedFieldsEntry } from '../../objects/types.ts'
import { type FieldSet, isEmptySet, unionOf } from './field-set.ts'
import { internFields, readFields } from './interned-fields.ts'
import type { JsonValue } from './json-value.ts'

/** One entry: a manager with an operation, on a version and a subresource. */
export interface FieldManager {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  subresource: string
  time?: string
  fields: FieldSet
}

/** Managers by identity. */
export type FieldManagers = Map<string, FieldManager>

// More than these on one object are folded into one, oldest first.
const MAX_UPDATERS = 10
const FOLDED_NAME = 'ancient-changes'

/** What tells two entries apart. An applier is the same one whatever version it applies. */
export function identityOf({ manager, operation, apiVersion, subresource }: Omit<FieldManager, 'fields'>): string {
  return JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource])
}

/** Reads the managers of an object; entries that make no sense are dropped. */
export function readManagers(entries: ManagedFieldsEntry[] | undefined): FieldManagers {
  const managers: FieldManagers = new Map()
  for (const entry of entries ?? []) {
    const { operation, apiVersion } = entry
    if ((operation !== 'Apply' && operation !== 'Update') || !apiVersion) continue
    const manager: FieldManager = {
      manager: entry.manager ?? '',
      operation,
      apiVersion,
      subresource: entry.subresource ?? '',
      ...(entry.time ? { time: entry.time } : {}),
      fields: readFields(entry.fieldsV1 as JsonValue | undefined),
    }
    managers.set(identityOf(manager), manager)
  }
  return managers
}

/** Writes managers in upstream's order: appliers first, then by time and name. */
export function writeManagers(managers: FieldManagers): ManagedFieldsEntry[] {
  const kept = [...managers.values()].filter((manager) => !isEmptySet(manager.fields))
  return kept.sort(compareManagers).map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
    ...(manager ? { manager } : {}),
    operation,
    apiVersion,
    ...(time ? { time } : {}),
    fieldsType: 'FieldsV1',
    fieldsV1: internFields(fields),
    ...(subresource ? { subresource } : {}),
  }))
}

function compareManagers(left: FieldManager, right: FieldManager): number {
  const key = ({ operation, time, manager, apiVersion, subresource }: FieldManager) => [
    operation,
    time ?? '',
    manager,
    apiVersion,
    subresource,
  ]
  const rightKey = key(right)
  for (const [index, part] of key(left).entries()) {
    const other = rightKey[index] ?? ''
    if (part !== other) return part < other ? -1 : 1
  }
  return 0
}

/** Folds the oldest updaters of the main resource together when there are too many. */
export function capUpdaters(managers: FieldManagers): FieldManagers {
  const updaters = [...managers.values()].filter(({ operation, subresource }) => operation === 'Update' && !subresource)
  const excess = updaters.length - MAX_UPDATERS
  if (excess <= 0) return managers
  const capped = new Map(managers)
  for (const updater of updaters.sort(compareManagers).slice(0, excess + 1)) {
    capped.delete(identityOf(updater))
    const folded: FieldManager = { ...updater, manager: FOLDED_NAME }
    const present = capped.get(identityOf(folded))
    capped.set(identityOf(folded), present ? { ...folded, fields: unionOf(present.fields, updater.fields) } : folded)
  }
  return capped
}

/** Prints a manager as conflicts name it: `"alice"`, or `"kubectl-edit" using apps/v1`. */
export function printManager({ manager, operation, apiVersion, subresource }: FieldManager): string {
  const name = `${JSON.stringify(manager)}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''}`
  if (operation === 'Apply') return name
  return `${name} using ${apiVersion}`
}

/** The time of an entry. */
export function entryTime(nowMs: number): string {
  return formatTime(nowMs)
}

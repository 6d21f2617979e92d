// Moving from `kubectl apply` to `kubectl apply --server-side`: what the client-side apply last set is kubectl's own,
// although another manager is written beside it.
import type { KubeObject } from '../../objects/types.ts'
import { compareFields, fieldsOf } from './compare-fields.ts'
import { differenceOf, type FieldSet, intersectionOf, unionOf } from './field-set.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts'
import { withoutManagers } from './managed-fields.ts'
import type { MergeSchema } from './merge-schema.ts'

/** The annotation in which client-side apply keeps what it applied. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** The manager under which kubectl applies on the server. */
export const KUBECTL_MANAGER = 'kubectl'

/** The fields that client-side apply set and nobody changed since: server-side apply may take them over. */
export function fieldsLastApplied(live: KubeObject, schema: MergeSchema): FieldSet | undefined {
  const applied = parse(live.metadata.annotations?.[LAST_APPLIED])
  if (applied?.apiVersion !== live.apiVersion) return undefined
  const { added: _, ...changed } = compareFields(applied, withoutManagers(live), schema)
  const set = fieldsOf(applied, schema)
  return differenceOf(set, intersectionOf(set, unionOf(changed.modified, changed.removed)))
}

/** The object with the annotation renewed, where it has one: a later client-side apply finds what was applied. */
export function renewLastApplied(object: KubeObject, applied: KubeObject): KubeObject {
  const { annotations } = object.metadata
  if (annotations?.[LAST_APPLIED] === undefined) return object
  const { annotations: own = {}, managedFields: _, ...metadata } = applied.metadata
  const { [LAST_APPLIED]: __, ...rest } = own
  const configuration = { ...applied, metadata: { ...metadata, annotations: rest } }
  const text = `${JSON.stringify(sortedKeys(configuration as unknown as JsonValue))}\n`
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } }
}

function parse(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

function sortedKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (!isJsonObject(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sortedKeys(value[key] ?? null)]))
}

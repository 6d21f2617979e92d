import type { ObjectKey } from '../../client.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import { copyAroundShared, jsonEqual } from '../../store/frozen-json.ts'
import { StoreError } from '../../store/store.ts'
import type { AdmissionRequest } from '../admission/chain.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { type RegistryCore, storeKey } from '../registry-core.ts'
import type { WriteContext } from '../request-context.ts'
import { apiVersionOf, storageVersionOf } from '../storage-version.ts'
import type { Tracking } from './create.ts'
import { withPodPart } from './pod-parts.ts'

/** Makes the new state from the stored one; called again when somebody else wrote in between. */
export type Change = (current: KubeObject) => KubeObject | Promise<KubeObject>

/** One replacement of an object or of a subresource of it. */
export interface UpdateInput {
  change: Change
  context: WriteContext
  subresource?: string
  tracking?: Tracking
}

/** Among racing writers one always wins, so this bounds how many may race for one object. */
export const mostAttempts = 1000

/** Changes an object: reads, changes, admits, validates and writes with compare-and-set, again when it lost a race. */
export async function updateObject(
  core: RegistryCore,
  kind: KindDefinition,
  key: ObjectKey,
  input: UpdateInput,
): Promise<KubeObject> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await tryUpdate(core, kind, key, input)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (error.reason === 'missing') throw notFound(kind, key.name)
      if (attempt >= mostAttempts) throw conflict(kind, key.name)
    }
  }
}

async function tryUpdate(
  core: RegistryCore,
  kind: KindDefinition,
  key: ObjectKey,
  { change, context, subresource, tracking = 'track' }: UpdateInput,
): Promise<KubeObject> {
  const storage = storageVersionOf(kind)
  const storedKey = storeKey(kind, key)
  const stored = core.store.find(storage.bucket, storedKey)
  if (stored === undefined) throw notFound(kind, key.name)
  const old = storage.fromStored(stored)
  const revision = old.metadata.resourceVersion ?? ''

  const wanted = copyAroundShared(await change(old))
  checkIdentity(kind, key, wanted, old)
  core.normalize(kind, wanted)
  const object = merged(kind, wanted, old, subresource)
  const request: AdmissionRequest = {
    operation: 'UPDATE',
    kind,
    name: key.name,
    namespace: kind.namespaced ? key.namespace : undefined,
    subresource,
    object,
    old,
    context,
  }
  kind.applyDefaults?.(request.object, old)
  // Before admission: what the cluster adds belongs to nobody.
  if (tracking === 'track') {
    const { manager } = context
    const nowMs = core.clock.now()
    request.object = copyAroundShared(
      core.patches.track({ before: old, after: object, kind, manager, subresource, nowMs }),
    )
  }
  await core.admission.mutate(request)
  kind.applyDefaults?.(request.object, old)
  if (subresource !== 'binding') countGeneration(kind, request.object, old)
  if (!unchecked.has(subresource ?? '') || (subresource === 'status' && kind.checksStatus)) {
    const errors = [
      ...finalizerErrors(request.object, old),
      ...(kind.validate?.(request.object, old) ?? []),
      ...(kind.validateUpdate?.(request.object, old, subresource) ?? []),
    ]
    if (errors.length > 0) throw invalid(kind, key.name, errors)
    for (const warning of kind.warnings?.(request.object, old) ?? []) context.warn(warning)
  }
  await core.admission.review(request)
  core.admission.validate(request)
  if (context.isDryRun) return core.arrange(kind, request.object)

  const next = storage.toStored(core.arrange(kind, request.object))
  if (isFinished(kind, next)) {
    // As upstream: watchers are shown the last state that was stored, the writer what it wrote.
    const removed = core.store.remove(storage.bucket, storedKey, revision)
    core.onRemoved(kind, removed)
    const { resourceVersion } = removed.metadata
    return { ...request.object, metadata: { ...request.object.metadata, resourceVersion } }
  }
  return storage.fromStored(core.store.update(storage.bucket, storedKey, next, revision))
}

// Their writers are the cluster's own, and change what the rules of the main resource hold immutable.
const unchecked = new Set(['status', 'binding', 'finalize', 'approval'])

/** An object that is being deleted goes with its last finalizer, once its grace is over. */
export function isFinished(kind: KindDefinition, object: KubeObject): boolean {
  if (!object.metadata.deletionTimestamp) return false
  if ((object.metadata.finalizers ?? []).length > 0) return false
  if (kind.group === '' && kind.kind === 'Namespace') {
    const spec = object.spec as { finalizers?: string[] } | undefined
    return (spec?.finalizers ?? []).length === 0
  }
  return (object.metadata.deletionGracePeriodSeconds ?? 0) === 0
}

function checkIdentity(kind: KindDefinition, key: ObjectKey, wanted: KubeObject, old: KubeObject): void {
  const { resourceVersion, uid } = wanted.metadata
  if (uid && uid !== old.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`
    throw conflict(kind, key.name, why)
  }
  if (resourceVersion && resourceVersion !== '0' && resourceVersion !== old.metadata.resourceVersion) {
    throw conflict(kind, key.name)
  }
}

/** The stored object with the part replaced that this request may replace. */
function merged(
  kind: KindDefinition,
  wanted: KubeObject,
  old: KubeObject,
  subresource: string | undefined,
): KubeObject {
  const kept = copyAroundShared(old)
  if (subresource === 'status') {
    const metadata = { ...kept.metadata }
    if (wanted.metadata.managedFields) metadata.managedFields = wanted.metadata.managedFields
    if (writesMetadataWithStatus.has(kind.kind)) {
      metadata.labels = wanted.metadata.labels
      metadata.annotations = wanted.metadata.annotations
      metadata.finalizers = wanted.metadata.finalizers
    }
    // Its revision is written so; labels are kept.
    if (kind.group === 'apps' && kind.kind === 'Deployment') metadata.annotations = wanted.metadata.annotations
    return { ...kept, metadata, status: wanted.status }
  }
  const part = kind.kind === 'Pod' ? withPodPart(subresource, wanted, kept) : undefined
  if (part) return part
  const object: KubeObject = {
    ...wanted,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      ...wanted.metadata,
      name: kept.metadata.name,
      ...(kind.namespaced ? { namespace: kept.metadata.namespace } : {}),
      ...serverFields(kept),
    },
  }
  if (!kind.namespaced) delete object.metadata.namespace
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'selfLink'] as const) {
    if (kept.metadata[field] === undefined) delete object.metadata[field]
  }
  if (kind.subresources.status && subresource !== 'binding') {
    if (kept.status === undefined) delete object.status
    else object.status = kept.status
  }
  if (kind.group === '' && kind.kind === 'Namespace' && subresource !== 'finalize') {
    object.spec = { ...(object.spec as object), finalizers: (kept.spec as { finalizers?: string[] })?.finalizers }
  }
  return object
}

// Their controllers annotate and label in the same write as the status.
const writesMetadataWithStatus = new Set(['Pod', 'Node', 'PersistentVolumeClaim', 'PersistentVolume'])

function serverFields({ metadata }: KubeObject) {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion } =
    metadata
  return { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion }
}

/** Counts a change of what the object asks for. */
function countGeneration(kind: KindDefinition, object: KubeObject, old: KubeObject): void {
  if (!kind.hasGeneration) return
  const isSame = (kind.generationFields ?? ['spec']).every((field) => jsonEqual(object[field], old[field]))
  if (!isSame) object.metadata.generation = (old.metadata.generation ?? 0) + 1
}

function finalizerErrors(object: KubeObject, old: KubeObject) {
  if (!old.metadata.deletionTimestamp) return []
  const added = (object.metadata.finalizers ?? []).filter((name) => !old.metadata.finalizers?.includes(name))
  if (added.length === 0) return []
  const list = `[]string{${added.map((name) => JSON.stringify(name)).join(', ')}}`
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${list}`
  return [{ field: 'metadata.finalizers', type: 'FieldValueForbidden' as const, message }]
}

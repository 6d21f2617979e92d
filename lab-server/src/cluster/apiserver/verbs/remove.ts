import type { ObjectKey, RemoveOptions } from '../../client.ts'
import { formatTime } from '../../clock.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject, Pod } from '../../objects/types.ts'
import { plainCopy } from '../../store/frozen-json.ts'
import { StoreError } from '../../store/store.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { type RegistryCore, storeKey } from '../registry-core.ts'
import type { WriteContext } from '../request-context.ts'
import { storageVersionOf } from '../storage-version.ts'
import { isFinished, mostAttempts } from './update.ts'

/** What a deletion did. */
export interface Removal {
  object: KubeObject
  /** False when the object stays for its grace period or its finalizers. */
  isGone: boolean
}

/** Deletes as the API does: at once, or by marking the object and waiting for its grace period and finalizers. */
export async function removeObject(
  core: RegistryCore,
  kind: KindDefinition,
  key: ObjectKey,
  input: { options?: RemoveOptions; context: WriteContext },
): Promise<Removal> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await tryRemove(core, kind, key, input)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (error.reason === 'missing') throw notFound(kind, key.name)
      if (attempt >= mostAttempts) throw conflict(kind, key.name)
    }
  }
}

async function tryRemove(
  core: RegistryCore,
  kind: KindDefinition,
  key: ObjectKey,
  { options = {}, context }: { options?: RemoveOptions; context: WriteContext },
): Promise<Removal> {
  const storage = storageVersionOf(kind)
  const storedKey = storeKey(kind, key)
  const old = core.store.find(storage.bucket, storedKey)
  if (old === undefined) throw notFound(kind, key.name)
  checkOptions(options)
  checkPreconditions(kind, key.name, old, options)
  const request = {
    operation: 'DELETE' as const,
    kind,
    name: key.name,
    namespace: kind.namespaced ? key.namespace : undefined,
    object: old,
    old,
    context,
  }
  await core.admission.review(request)
  core.admission.validate(request)

  const revision = old.metadata.resourceVersion ?? ''
  const next = planRemoval(kind, old, options, core.clock.now())
  if (isFinished(kind, next)) {
    if (context.isDryRun) return { object: old, isGone: true }
    // As upstream: the last state that was stored, which nobody has marked.
    const removed = core.store.remove(storage.bucket, storedKey, revision)
    core.onRemoved(kind, removed)
    return { object: storage.fromStored(removed), isGone: true }
  }
  if (context.isDryRun) return { object: next, isGone: false }
  return { object: storage.fromStored(core.store.update(storage.bucket, storedKey, next, revision)), isGone: false }
}

/** The object marked for deletion: when, with which grace, and with the finalizers that the propagation policy asks for. */
export function planRemoval(kind: KindDefinition, old: KubeObject, options: RemoveOptions, nowMs: number): KubeObject {
  const object = plainCopy(old)
  const { metadata } = object
  const graceSeconds = graceOf(kind, object, options)
  const propagation = options.propagationPolicy ?? defaultPropagation(kind, old)
  const kept = (metadata.finalizers ?? []).filter((name) => name !== 'orphan' && name !== 'foregroundDeletion')
  if (propagation === 'Orphan') kept.push('orphan')
  if (propagation === 'Foreground') kept.push('foregroundDeletion')
  if (kept.length > 0) metadata.finalizers = kept
  else delete metadata.finalizers

  if (metadata.deletionTimestamp === undefined) {
    metadata.deletionTimestamp = formatTime(nowMs + graceSeconds * 1000)
    metadata.deletionGracePeriodSeconds = graceSeconds
    if (metadata.generation !== undefined) metadata.generation += 1
  } else if (graceSeconds < (metadata.deletionGracePeriodSeconds ?? 0)) {
    // A second request may shorten the wait, never lengthen it.
    const requestedMs = Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000
    metadata.deletionTimestamp = formatTime(graceSeconds === 0 ? nowMs : requestedMs + graceSeconds * 1000)
    metadata.deletionGracePeriodSeconds = graceSeconds
  }
  if (kind.group === '' && kind.kind === 'Namespace') {
    delete metadata.deletionGracePeriodSeconds
    object.status = { ...(object.status as object), phase: 'Terminating' }
  }
  return object
}

const longestGraceSeconds = 2 ** 31

/** Only pods have a grace period, and only while a kubelet may be running them. */
function graceOf(kind: KindDefinition, object: KubeObject, options: RemoveOptions): number {
  if (kind.group !== '' || kind.kind !== 'Pod') return 0
  const { spec, status } = object as unknown as Pod
  const grace = options.gracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? 30
  if (!spec?.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0
  // A negative grace means the shortest one; one beyond the calendar is cut.
  return grace < 0 ? 1 : Math.min(grace, longestGraceSeconds)
}

/** Kinds from before garbage collection orphan their pods unless told otherwise; kubectl always says. */
function defaultPropagation(kind: KindDefinition, object: KubeObject): RemoveOptions['propagationPolicy'] {
  const finalizers = object.metadata.finalizers ?? []
  if (finalizers.includes('orphan')) return 'Orphan'
  if (finalizers.includes('foregroundDeletion')) return 'Foreground'
  const isLegacy = kind.kind === 'ReplicationController' || (kind.group === 'batch' && kind.kind === 'Job')
  return isLegacy ? 'Orphan' : 'Background'
}

function checkOptions(options: RemoveOptions): void {
  const { propagationPolicy } = options
  if (propagationPolicy && !['Orphan', 'Background', 'Foreground'].includes(propagationPolicy)) {
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
      {
        field: 'propagationPolicy',
        type: 'FieldValueNotSupported',
        message: `Unsupported value: ${JSON.stringify(propagationPolicy)}: supported values: "Background", "Foreground", "Orphan"`,
      },
    ])
  }
}

function checkPreconditions(kind: KindDefinition, name: string, object: KubeObject, options: RemoveOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {}
  // Upstream names the kind here, where other conflicts name the resource.
  const record = { group: kind.group, plural: kind.kind }
  if (uid && uid !== object.metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${object.metadata.uid}). The object might have been deleted and then recreated`
    throw conflict(record, name, why)
  }
  if (resourceVersion && resourceVersion !== object.metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${object.metadata.resourceVersion}). The object might have been modified`
    throw conflict(record, name, why)
  }
}

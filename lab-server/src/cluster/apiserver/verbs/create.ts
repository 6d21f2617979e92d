import { randomUUID } from 'node:crypto'
import type { ObjectKey } from '../../client.ts'
import { formatTime } from '../../clock.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import { generateName } from '../../objects/names.ts'
import type { KubeObject } from '../../objects/types.ts'
import { copyAroundShared } from '../../store/frozen-json.ts'
import { StoreError } from '../../store/store.ts'
import type { AdmissionRequest } from '../admission/chain.ts'
import { alreadyExists, badRequest, invalid, isApiError } from '../errors.ts'
import { type RegistryCore, storeKey } from '../registry-core.ts'
import type { WriteContext } from '../request-context.ts'
import { apiVersionOf, storageVersionOf } from '../storage-version.ts'

/** Whether create and update track field ownership themselves, or apply already did. */
export type Tracking = 'track' | 'tracked'

/** Creates an object as `POST` does: names it, defaults it, admits it, validates it, stores it. */
export async function createObject(
  core: RegistryCore,
  kind: KindDefinition,
  input: { namespace?: string; object: KubeObject; context: WriteContext; tracking?: Tracking },
): Promise<KubeObject> {
  const object = prepareForCreate(core, kind, copyAroundShared(input.object), input.namespace)
  const generatedFrom = object.metadata.name ? undefined : object.metadata.generateName
  for (let attempt = 0; ; attempt += 1) {
    if (generatedFrom) object.metadata.name = generateName(generatedFrom)
    try {
      return await admitAndStore(core, kind, copyAroundShared(object), input)
    } catch (error) {
      // Upstream tries a generated name eight times.
      if (generatedFrom && attempt < 8 && isApiError(error, 'AlreadyExists')) continue
      throw error
    }
  }
}

async function admitAndStore(
  core: RegistryCore,
  kind: KindDefinition,
  object: KubeObject,
  { context, tracking = 'track' }: { context: WriteContext; tracking?: Tracking },
): Promise<KubeObject> {
  const { name = '', namespace } = object.metadata
  const key: ObjectKey = kind.namespaced ? { namespace, name } : { name }
  const request: AdmissionRequest = { operation: 'CREATE', kind, name, namespace, object, context }

  kind.applyDefaults?.(request.object)
  // Before admission: what the cluster adds belongs to nobody.
  if (tracking === 'track') {
    const nowMs = core.clock.now()
    request.object = copyAroundShared(core.patches.track({ after: object, kind, manager: context.manager, nowMs }))
  }
  await core.admission.mutate(request)
  // What was derived from the object, as a pod's quality of service, is derived again.
  if (startsWithoutStatus(kind)) delete request.object.status
  kind.applyDefaults?.(request.object)
  const errors = kind.validate?.(request.object) ?? []
  if (errors.length > 0) throw invalid(kind, name, errors)
  for (const warning of kind.warnings?.(request.object) ?? []) context.warn(warning)
  await core.admission.review(request)

  const storage = storageVersionOf(kind)
  const storedKey = storeKey(kind, key)
  if (core.store.find(storage.bucket, storedKey)) throw alreadyExists(kind, name)
  core.admission.validate(request)
  if (context.isDryRun) return core.arrange(kind, request.object)
  try {
    const stored = storage.toStored(core.arrange(kind, request.object))
    return storage.fromStored(core.store.create(storage.bucket, storedKey, stored))
  } catch (error) {
    if (error instanceof StoreError) throw alreadyExists(kind, name)
    throw error
  }
}

/** Sets what only the server may set, and drops what a client may not. */
function prepareForCreate(
  core: RegistryCore,
  kind: KindDefinition,
  object: KubeObject,
  namespace: string | undefined,
): KubeObject {
  object.metadata ??= {}
  const { metadata } = object
  if (kind.namespaced) {
    if (metadata.namespace && namespace && metadata.namespace !== namespace) {
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
    }
    metadata.namespace = metadata.namespace || namespace
    if (!metadata.namespace) throw badRequest('an empty namespace may not be set during creation')
  } else {
    delete metadata.namespace
  }
  if (!metadata.name && !metadata.generateName) {
    throw invalid(kind, '', [
      {
        field: 'metadata.name',
        type: 'FieldValueRequired',
        message: 'Required value: name or generateName is required',
      },
    ])
  }
  if (metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created')
  delete metadata.selfLink
  delete metadata.resourceVersion
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  delete metadata.generation
  metadata.uid = randomUUID()
  metadata.creationTimestamp = formatTime(core.clock.now())
  if (kind.hasGeneration) metadata.generation = 1
  // In upstream's order: kind and version first.
  const { kind: _kind, apiVersion: _version, metadata: _metadata, ...content } = object
  const complete: KubeObject = { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata, ...content }
  core.normalize(kind, complete)
  if (startsWithoutStatus(kind)) delete complete.status
  return complete
}

/** A Node's status may come with its creation; every other kind starts without one. */
function startsWithoutStatus(kind: KindDefinition): boolean {
  return kind.subresources.status === true && kind.kind !== 'Node'
}

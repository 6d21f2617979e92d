// The generic verbs on kinds. HTTP and the in-process client both go through here, so that they cannot differ.
import type { ObjectKey, RemoveOptions } from '../client.ts'
import type { KindDefinition } from '../objects/kind-definition.ts'
import type { KubeObject } from '../objects/types.ts'
import { findObject, getObject, type RegistryCore } from './registry-core.ts'
import type { WriteContext } from './request-context.ts'
import { createObject } from './verbs/create.ts'
import { type ListPage, type ListRequest, listObjects } from './verbs/list.ts'
import { type PatchInput, type PatchOutcome, patchObject } from './verbs/patch.ts'
import { type Removal, removeObject } from './verbs/remove.ts'
import { type UpdateInput, updateObject } from './verbs/update.ts'
import { type ObjectWatch, watchObjects } from './verbs/watch.ts'

/** The verbs of one cluster. Failures are ApiErrors; objects that come out are frozen. */
export interface Registry {
  readonly core: RegistryCore
  find(kind: KindDefinition, key: ObjectKey): KubeObject | undefined
  get(kind: KindDefinition, key: ObjectKey): KubeObject
  list(kind: KindDefinition, request: ListRequest): ListPage
  watch(
    kind: KindDefinition,
    request: ListRequest & { initial: boolean; limit?: number },
    wake: () => void,
  ): ObjectWatch
  create(
    kind: KindDefinition,
    input: { namespace?: string; object: KubeObject; context: WriteContext },
  ): Promise<KubeObject>
  update(kind: KindDefinition, key: ObjectKey, input: UpdateInput): Promise<KubeObject>
  patch(kind: KindDefinition, key: ObjectKey, input: PatchInput): Promise<PatchOutcome>
  remove(
    kind: KindDefinition,
    key: ObjectKey,
    input: { options?: RemoveOptions; context: WriteContext },
  ): Promise<Removal>
}

/** Binds the verbs to one cluster's store and kinds. */
export function makeRegistry(core: RegistryCore): Registry {
  return {
    core,
    find: (kind, key) => findObject(core, kind, key),
    get: (kind, key) => getObject(core, kind, key),
    list: (kind, request) => listObjects(core, kind, request),
    watch: (kind, request, wake) => watchObjects(core, kind, request, wake),
    create: (kind, input) => createObject(core, kind, input),
    update: (kind, key, input) => updateObject(core, kind, key, input),
    patch: (kind, key, input) => patchObject(core, kind, key, input),
    remove: (kind, key, input) => removeObject(core, kind, key, input),
  }
}

import type { ObjectKey } from '../../client.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import { badRequest, conflict, isApiError, notFound } from '../errors.ts'
import type { PatchRequest } from '../patch-engine.ts'
import { findObject, type RegistryCore } from '../registry-core.ts'
import type { WriteContext } from '../request-context.ts'
import { createObject } from './create.ts'
import { mostAttempts, updateObject } from './update.ts'

/** The media type of server-side apply. */
export const applyPatchType = 'application/apply-patch+yaml'

/** What a patch did. */
export interface PatchOutcome {
  object: KubeObject
  isCreated: boolean
}

/** What `PATCH` asks for. */
export interface PatchInput {
  request: PatchRequest
  context: WriteContext
  subresource?: string
  /** Looks at the patched object before it is admitted, e.g. for unknown fields. */
  inspect?(object: KubeObject): void
}

/** Patches an object, again when somebody else wrote in between; an apply patch creates it when it is not there. */
export async function patchObject(
  core: RegistryCore,
  kind: KindDefinition,
  key: ObjectKey,
  input: PatchInput,
): Promise<PatchOutcome> {
  if (input.request.type === applyPatchType) return applyObject(core, kind, key, input)
  const { request, context, subresource, inspect } = input
  const object = await updateObject(core, kind, key, {
    context,
    subresource,
    change(current) {
      const patched = core.patches.patch({ request, current, kind })
      checkPatched(kind, key, patched, current)
      inspect?.(patched)
      return patched
    },
  })
  return { object, isCreated: false }
}

async function applyObject(
  core: RegistryCore,
  kind: KindDefinition,
  key: ObjectKey,
  { request, context, subresource, inspect }: PatchInput,
): Promise<PatchOutcome> {
  const applied = request.body as KubeObject
  const shared = { applied, kind, manager: context.manager, force: request.force ?? false, subresource }
  const applyTo = (live?: KubeObject) => {
    const object = core.patches.apply({ ...shared, live, nowMs: core.clock.now() })
    inspect?.(object)
    return object
  }
  const mayCreate = !subresource && !applied.metadata?.uid
  for (let attempt = 0; ; attempt += 1) {
    const isThere = findObject(core, kind, key) !== undefined
    if (!isThere && !mayCreate) throw notFound(kind, key.name)
    try {
      if (isThere) {
        const input = { context, subresource, tracking: 'tracked' as const, change: applyTo }
        return { object: await updateObject(core, kind, key, input), isCreated: false }
      }
      const input = { namespace: key.namespace, object: applyTo(), context, tracking: 'tracked' as const }
      return { object: await createObject(core, kind, input), isCreated: true }
    } catch (error) {
      // Somebody else created or removed it meanwhile: apply to what is there now.
      const hasTurned =
        isApiError(error, isThere ? 'NotFound' : 'AlreadyExists') && isThere === !findObject(core, kind, key)
      if (!hasTurned || attempt >= mostAttempts) throw error
    }
  }
}

function checkPatched(kind: KindDefinition, key: ObjectKey, patched: KubeObject, current: KubeObject): void {
  if (typeof patched.metadata !== 'object' || patched.metadata === null) throw badRequest('metadata must be an object')
  if (patched.metadata.name !== current.metadata.name) {
    throw badRequest(
      `the name of the object (${patched.metadata.name ?? ''}) does not match the name on the URL (${key.name})`,
    )
  }
  if (patched.metadata.uid && patched.metadata.uid !== current.metadata.uid) throw conflict(kind, key.name)
}

import { badRequest } from './errors.ts'
import { applyPatch } from './patch/apply-patch.ts'
import { findBuiltInSchema } from './patch/merge-schema.ts'
import type { PatchEngine } from './patch-engine.ts'
import { apiVersionOf } from './storage-version.ts'

/** Binds patches and managed fields to the kinds' schemas. */
export function makePatchEngine(): PatchEngine {
  return {
    patch: ({ request, current, kind }) =>
      applyPatch({ ...request, current, schema: findBuiltInSchema(apiVersionOf(kind), kind.kind) }),
    apply() {
      throw badRequest('server-side apply is not served yet')
    },
    track: ({ after }) => after,
  }
}

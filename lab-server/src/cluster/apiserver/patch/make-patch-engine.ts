// Patches and managed fields as the verbs reach them.
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { PatchEngine } from '../patch-engine.ts'
import { apiVersionOf } from '../storage-version.ts'
import { applyPatch } from './apply-patch.ts'
import { trackUpdate } from './managed-fields.ts'
import { findBuiltInSchema, type MergeSchema, untyped } from './merge-schema.ts'
import { serverSideApply } from './server-side-apply.ts'

/** Finds how a custom kind merges; see `schemaOfCustomResource`. */
export type FindCustomSchema = (kind: KindDefinition) => MergeSchema | undefined

/** Makes the engine of one cluster. Built-in kinds merge by the published schema, custom ones by their own. */
export function makePatchEngine(findCustomSchema: FindCustomSchema = () => undefined): PatchEngine {
  const builtIn = (kind: KindDefinition) => findBuiltInSchema(apiVersionOf(kind), kind.kind)
  const schemaOf = (kind: KindDefinition) => builtIn(kind) ?? findCustomSchema(kind) ?? untyped
  const hasStatus = (kind: KindDefinition) => kind.subresources.status === true

  return {
    patch: ({ request, current, kind }) =>
      applyPatch({ type: request.type, body: request.body, current, schema: builtIn(kind) }),
    apply: ({ kind, ...input }) => serverSideApply({ ...input, schema: schemaOf(kind), hasStatus: hasStatus(kind) }),
    track: ({ kind, ...input }) => trackUpdate({ ...input, schema: schemaOf(kind), hasStatus: hasStatus(kind) }),
  }
}

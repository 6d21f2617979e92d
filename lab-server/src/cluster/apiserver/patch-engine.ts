// How the verbs reach patches and managed fields, so that neither knows the other.
import type { KindDefinition } from '../objects/kind-definition.ts'
import type { KubeObject } from '../objects/types.ts'

/** A patch as a request carries it. */
export interface PatchRequest {
  /** Media type of the body, without parameters. */
  type: string
  /** The parsed body; for an apply patch, the applied object. */
  body: unknown
  /** Takes over fields that other managers own. Apply only. */
  force?: boolean
}

/** Patches objects and keeps `metadata.managedFields`. Everything returned is a new object. */
export interface PatchEngine {
  /** The object after a JSON, merge or strategic merge patch. */
  patch(input: { request: PatchRequest; current: KubeObject; kind: KindDefinition }): KubeObject
  /** The object after a server-side apply; `live` is absent when apply creates it. */
  apply(input: {
    applied: KubeObject
    live?: KubeObject
    kind: KindDefinition
    manager: string
    force: boolean
    subresource?: string
    nowMs: number
  }): KubeObject
  /** The object with its managers brought up to date after a create, update or patch. */
  track(input: {
    before?: KubeObject
    after: KubeObject
    kind: KindDefinition
    manager: string
    subresource?: string
    nowMs: number
  }): KubeObject
}

import { applyPatch } from 'rfc6902'
import type { JsonPatchOperation } from '../kubernetes/kubernetes-api.ts'
import { compilePatch, PatchError } from './compile-patch.ts'

/** A patched copy. Throws when a test fails or a path is missing; the object itself is never touched. */
export function patched<T>(object: T, operations: JsonPatchOperation[]): T {
  const copy = structuredClone(object)
  const compiled = compilePatch(operations, object)
  const errors = applyPatch(copy, compiled as Parameters<typeof applyPatch>[1])
  const at = errors.findIndex((error) => error !== null)
  if (at >= 0) throw new PatchError(`${compiled[at]?.op} ${compiled[at]?.path}: ${errors[at]?.message}`)
  return copy
}

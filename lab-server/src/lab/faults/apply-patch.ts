import { applyPatch } from 'rfc6902'
import type { JsonPatchOperation } from '../kubernetes/kubernetes-api.ts'
import type { KubeObject } from '../kubernetes/objects.ts'
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

/**
 * The patched copy of a manifest, or undefined when the patch does not fit. The tests in it are left out: they hold for
 * the live object, whose defaults the manifest does not have.
 */
export function patchedWithoutTests(object: KubeObject, ops: JsonPatchOperation[]): KubeObject | undefined {
  try {
    return patched(
      object,
      ops.filter(({ op }) => op !== 'test'),
    )
  } catch {
    return undefined
  }
}

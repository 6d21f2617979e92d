// Turns an author's patch, which may name list items, into RFC 6902 for one live object.
import type { JsonPatchOperation } from '../kubernetes/kubernetes-api.ts'

/** The author's patch does not fit the live object: the manifest has drifted. */
export class PatchError extends Error {
  override name = 'PatchError'
}

/**
 * The patch with `containers[name=backend]` replaced by the index in `object`. Names are looked up as each
 * operation will find them, as long as none before it moves the items of the same list.
 */
export function compilePatch(operations: JsonPatchOperation[], object: unknown): JsonPatchOperation[] {
  return operations.map((operation) => ({
    ...operation,
    path: compilePath(operation.path, object),
    ...(operation.from !== undefined && { from: compilePath(operation.from, object) }),
  }))
}

/** One JSON Pointer with named items compiled to indices. */
export function compilePath(path: string, object: unknown): string {
  let current: unknown = object
  let compiled = ''
  for (const segment of segmentsOf(path)) {
    const named = /^(.*?)\[([^=\]]+)=([^\]]*)\]$/.exec(segment)
    const key = named?.[1] ?? segment
    if (isUnsafe(key)) throw new PatchError(`${path}: ${key} is not allowed in a path`)
    compiled += `/${key}`
    current = childOf(current, unescaped(key))
    if (!named) continue
    const [, , field, wanted] = named
    const items = Array.isArray(current) ? current : []
    const index = items.findIndex((item) => String(item?.[field as string]) === wanted)
    if (index < 0) throw new PatchError(`${path}: no item with ${field} ${wanted} in ${compiled}`)
    compiled += `/${index}`
    current = items[index]
  }
  return compiled
}

/** Segments of a pointer; a slash inside brackets belongs to the name. */
function segmentsOf(path: string): string[] {
  return path.slice(1).split(/\/(?![^[]*\])/)
}

function childOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value[Number(key)]
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Record<string, unknown>)[key]
}

/** One key of a JSON pointer, as the object has it. */
export function unescaped(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~')
}

function isUnsafe(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype'
}

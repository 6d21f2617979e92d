import { makeKindTable } from '../kind-table.ts'
import type { KubeObject } from '../types.ts'

const table = makeKindTable()

// biome-ignore lint/suspicious/noExplicitAny: tests break objects of all kinds on purpose
export type AnyObject = any

/** What the API server would answer to a create: `field: message`, in its order. */
export function problems(kindName: string, content: object): string[] {
  const kind = table.findByKind(kindName)
  const object = {
    apiVersion: 'v1',
    kind: kindName,
    metadata: { name: 'x' },
    ...structuredClone(content),
  } as KubeObject
  kind?.applyDefaults?.(object)
  return (kind?.validate?.(object) ?? []).map(({ field, message }) => `${field}: ${message}`)
}

/** What it would answer to an update of an object that it has. */
export function changeProblems(old: KubeObject, change: (object: AnyObject) => void): string[] {
  const kind = table.findByKind(old.kind)
  const before = structuredClone(old)
  kind?.applyDefaults?.(before)
  const object = structuredClone(before)
  change(object as AnyObject)
  kind?.applyDefaults?.(object, before)
  const errors = [...(kind?.validate?.(object, before) ?? []), ...(kind?.validateUpdate?.(object, before) ?? [])]
  return errors.map(({ field, message }) => `${field}: ${message}`)
}

// Which item of a list was which before: only lists with keys know.
import { isObject, type StructuralSchema } from './structural-schema.ts'

/** Finds what an item was before. */
export function correlated(schema: StructuralSchema, old: unknown): (item: unknown) => unknown {
  const keys = schema['x-kubernetes-list-map-keys']
  if (!Array.isArray(old) || schema['x-kubernetes-list-type'] !== 'map' || !keys) return () => undefined
  const idOf = (item: unknown) => JSON.stringify(keys.map((key) => (isObject(item) ? item[key] : undefined)))
  const byId = new Map(old.map((item) => [idOf(item), item]))
  return (item) => byId.get(idOf(item))
}

// The order of an object's fields as upstream writes them: of built-in kinds that of Go's structs, which is the order of
// the messages' fields; the keys of maps, and everything in a custom resource, by the alphabet.
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import { apiVersionOf } from '../storage-version.ts'
import { findMessageOfKind, getMessage, type MessageField } from './messages.ts'
import { specialMessages } from './special-messages.ts'

/** The same object with its fields in upstream's order; fields that upstream does not know come last. */
export function inUpstreamOrder(kind: KindDefinition, object: KubeObject): KubeObject {
  const message = findMessageOfKind(apiVersionOf(kind), kind.kind)
  const { kind: _kind, apiVersion: _version, ...content } = object
  if (message === undefined) return sortedKeys(object) as KubeObject
  return { kind: object.kind, apiVersion: object.apiVersion, ...ordered(message, content) } as KubeObject
}

interface Place {
  rank: number
  field: MessageField
}
type Fields = ReadonlyMap<string, Place>

const known = new Map<string, Fields>()

/** The fields of a message by their names in JSON, those of inlined messages in their place. */
function fieldsOf(message: string): Fields {
  const remembered = known.get(message)
  if (remembered) return remembered
  const fields = new Map<string, Place>()
  for (const field of getMessage(message).values()) {
    const inner = field.inline ? [...fieldsOf(field.type)].map(([, place]) => place.field) : [field]
    for (const each of inner) fields.set(each.name, { rank: fields.size, field: each })
  }
  known.set(message, fields)
  return fields
}

const scalars = new Set(['bool', 'bytes', 'double', 'int', 'string'])

function ordered(message: string, source: Record<string, unknown>): Record<string, unknown> {
  const fields = fieldsOf(message)
  return arranged(
    source,
    (name) => fields.get(name)?.rank ?? fields.size,
    (name, value) => {
      const place = fields.get(name)
      return place ? orderedField(place.field, value) : value
    },
  )
}

/** The object with its members in the order of their ranks; the same object when nothing has to change. */
function arranged(
  source: Record<string, unknown>,
  rankOf: (name: string) => number | string,
  change: (name: string, value: unknown) => unknown,
): Record<string, unknown> {
  let isSame = true
  let last: number | string | undefined
  const members = Object.keys(source).map((name) => {
    const rank = rankOf(name)
    const value = change(name, source[name])
    if ((last !== undefined && rank < last) || value !== source[name]) isSame = false
    last = rank
    return { name, rank, value }
  })
  if (isSame) return source
  members.sort((left, right) => (left.rank < right.rank ? -1 : left.rank > right.rank ? 1 : 0))
  // Not assigned: a key may be called `__proto__`.
  return Object.fromEntries(members.map(({ name, value }) => [name, value]))
}

function orderedField({ type, map, repeated }: MessageField, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const isPlain = scalars.has(type) || Object.hasOwn(specialMessages, type)
  if (map && isObject(value)) {
    return arranged(value, byName, isPlain ? unchanged : (_name, member) => orderedMember(type, member))
  }
  if (isPlain) return value
  if (repeated && Array.isArray(value)) return mapItems(value, (item) => orderedMember(type, item))
  return orderedMember(type, value)
}

const byName = (name: string) => name
const unchanged = (_name: string, value: unknown) => value

function orderedMember(type: string, value: unknown): unknown {
  return isObject(value) ? ordered(type, value) : value
}

/** The same JSON with the keys of every object by the alphabet. */
function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return mapItems(value, sortedKeys)
  return isObject(value) ? arranged(value, byName, (_name, member) => sortedKeys(member)) : value
}

function mapItems(items: unknown[], change: (item: unknown) => unknown): unknown[] {
  const changed = items.map(change)
  return changed.some((item, index) => item !== items[index]) ? changed : items
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

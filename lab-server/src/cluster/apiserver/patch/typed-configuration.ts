// Whether a configuration fits its kind's schema, in the words in which server-side apply refuses one that does not.
import type { KubeObject } from '../../objects/types.ts'
import { ApiError } from '../errors.ts'
import { itemElement } from './field-elements.ts'
import { printPath } from './field-set.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts'
import type { ListSchema, MergeSchema, ObjectSchema, ScalarSchema } from './merge-schema.ts'
import { goText } from './strategic-lists.ts'

/** Throws unless the configuration can be applied. */
export function requireTyped(applied: KubeObject, schema: MergeSchema): void {
  const errors = typeErrors(applied as unknown as JsonValue, schema, '')
  if (errors.length === 0) return
  const list = errors.length === 1 ? errors[0] : ['errors:', ...errors].join('\n  ')
  // Upstream answers 500 without a reason: kubectl prints "Error from server:".
  throw new ApiError(500, '', `failed to create typed patch object (${describeObject(applied)}): ${list}`)
}

/** `namespace/name; apps/v1, Kind=Deployment` */
export function describeObject(object: KubeObject): string {
  const { namespace = '', name = '' } = object.metadata
  return `${namespace}/${name}; ${describeVersion(object)}`
}

/** `apps/v1, Kind=Deployment`; the core group's name is empty: `/v1, Kind=Pod`. */
export function describeVersion({ apiVersion, kind }: KubeObject): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`
}

function typeErrors(value: JsonValue, schema: MergeSchema, path: string): string[] {
  if (value === null) return []
  if (schema.type === 'list') return listErrors(value, schema, path)
  if (schema.type === 'object') return objectErrors(value, schema, path)
  const problem = scalarProblem(value, schema)
  return problem ? [`${path}: ${problem}`] : []
}

function objectErrors(value: JsonValue, schema: ObjectSchema, path: string): string[] {
  // A value of unknown type may be anything.
  const isTyped = schema.closed || schema.definition !== undefined
  if (!isJsonObject(value)) return isTyped ? [`${path}: expected map, got &{${goText(value)}}`] : []
  return Object.entries(value).flatMap(([name, member]) => {
    const field = schema.field(name)
    if (!field && schema.closed) return [`${path}.${name}: field not declared in schema`]
    return typeErrors(member, field ?? schema.values, `${path}.${name}`)
  })
}

function listErrors(value: JsonValue, schema: ListSchema, path: string): string[] {
  if (!Array.isArray(value)) return [`${path}: expected list, got &{${goText(value)}}`]
  const seen = new Set<string>()
  return value.flatMap((item, index) => {
    if (schema.listType === 'atomic') return typeErrors(item, schema.items, `${path}[${index}]`)
    const element = itemElement(schema, item)
    if (element === undefined) return [`${path}: element ${index}: ${missingKey(schema)}`]
    if (seen.has(element)) return [`${path}: duplicate entries for key ${printPath([element])}`]
    seen.add(element)
    return typeErrors(item, schema.items, `${path}${printPath([element])}`)
  })
}

function missingKey({ listType, mapKeys }: ListSchema): string {
  if (listType === 'set') return 'associative list without keys has an element that is not a scalar'
  const key = JSON.stringify(mapKeys[0] ?? '')
  return `associative list with keys has an element that omits key field ${key} (and doesn't have default value)`
}

function scalarProblem(value: JsonValue, { scalar }: ScalarSchema): string | undefined {
  const isComposite = typeof value === 'object'
  if (scalar === 'any') return isComposite ? `expected any scalar, got ${goText(value)}` : undefined
  if (typeof value === scalar) return undefined
  if (scalar === 'number') return `expected numeric (int or float), got ${goType(value)}`
  if (scalar === 'boolean') return `expected boolean, got ${goText(value)}`
  return `expected string, got ${isComposite ? goComposite(value) : JSON.stringify(value)}`
}

function goType(value: JsonValue): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (isJsonObject(value)) return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : 'string'
}

// Go's %#v, which quotes text and names types.
function goComposite(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goComposite).join(', ')}}`
  if (isJsonObject(value)) return `map[string]interface {}{${goMembers(value)}}`
  return JSON.stringify(value ?? null)
}

function goMembers(value: JsonObject): string {
  const keys = Object.keys(value).sort()
  return keys.map((key) => `${JSON.stringify(key)}:${goComposite(value[key])}`).join(', ')
}

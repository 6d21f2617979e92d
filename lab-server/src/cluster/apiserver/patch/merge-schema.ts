// How the fields of each kind merge: which lists are keyed, which values are taken whole. Read from the published
// OpenAPI document for built-in kinds, and from the CustomResourceDefinition's own schema for custom ones.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts'

/** How a value merges. */
export type MergeSchema = ScalarSchema | ObjectSchema | ListSchema

/** A value without parts. */
export interface ScalarSchema {
  type: 'scalar'
  /** What it may be; `any` is any scalar. */
  scalar: 'string' | 'number' | 'boolean' | 'any'
}

/** A struct (known fields), a map (`values`), or both. */
export interface ObjectSchema {
  type: 'object'
  /** Taken whole: its members have no owners of their own. */
  atomic: boolean
  /** The schema of a declared field. */
  field(name: string): MergeSchema | undefined
  /** The schema of every undeclared member. */
  values: MergeSchema
  /** Has declared fields and no others. */
  closed: boolean
  /** The type's name in the OpenAPI document, where it has one. */
  definition?: string
  patchStrategies: string[]
}

/** A list: replaced whole, a set of scalars, or objects told apart by keys. */
export interface ListSchema {
  type: 'list'
  listType: 'atomic' | 'set' | 'map'
  /** For server-side apply. */
  mapKeys: string[]
  /** For strategic merge patch. */
  patchMergeKey?: string
  patchStrategies: string[]
  items: MergeSchema
}

type Resolve = (name: string) => JsonObject | undefined

const anyScalar: ScalarSchema = { type: 'scalar', scalar: 'any' }

/** What is known of a value that no schema describes: maps merge, lists are taken whole. */
export const untyped: ObjectSchema = {
  type: 'object',
  atomic: false,
  field: () => undefined,
  closed: false,
  get values(): MergeSchema {
    return untyped
  },
  patchStrategies: [],
}

/** The schema that fits a value of an undeclared type. */
export function schemaFor(schema: MergeSchema | undefined, value: JsonValue | undefined): MergeSchema {
  if (schema && schema !== untyped) return schema
  if (Array.isArray(value))
    return { type: 'list', listType: 'atomic', mapKeys: [], patchStrategies: [], items: untyped }
  return isJsonObject(value) ? untyped : anyScalar
}

let builtIn: { kinds: Record<string, string>; definitions: Record<string, JsonObject> } | undefined
const cache = new Map<string, MergeSchema>()

// Read once for all clusters of the process; about 2 MB.
function loadBuiltIn(): NonNullable<typeof builtIn> {
  builtIn ??= JSON.parse(
    gunzipSync(readFileSync(new URL('./generated/merge-schema.json.gz', import.meta.url))).toString(),
  ) as NonNullable<typeof builtIn>
  return builtIn
}

/** The schema of a built-in kind; `undefined` for one that the OpenAPI document does not have. */
export function findBuiltInSchema(apiVersion: string, kind: string): MergeSchema | undefined {
  const { kinds, definitions } = loadBuiltIn()
  const name = kinds[`${apiVersion}/${kind}`]
  if (!name) return undefined
  return fromNode({ $ref: name }, (reference) => definitions[reference])
}

/** The schema of a custom resource, from its `openAPIV3Schema`; metadata merges as it does everywhere. */
export function schemaOfCustomResource(openAPIV3Schema: JsonObject): MergeSchema {
  const { definitions } = loadBuiltIn()
  const properties = isJsonObject(openAPIV3Schema.properties) ? openAPIV3Schema.properties : {}
  const withMetadata = {
    ...openAPIV3Schema,
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      ...properties,
      metadata: { $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
    },
  }
  return fromNode(withMetadata, (reference) => definitions[reference])
}

function fromNode(node: JsonObject, resolve: Resolve): MergeSchema {
  if (typeof node.$ref !== 'string') return fromInline(node, resolve)
  const overridden = Object.keys(node).some((key) => key.startsWith('x-kubernetes-'))
  const known = overridden ? undefined : cache.get(node.$ref)
  if (known) return known
  const definition = resolve(node.$ref)
  if (!definition) return untyped
  const { $ref, ...extensions } = node
  const schema = fromInline({ ...definition, ...extensions }, resolve, $ref)
  if (!overridden) cache.set($ref, schema)
  return schema
}

function fromInline(node: JsonObject, resolve: Resolve, definition?: string): MergeSchema {
  const patchStrategies = textOf(node['x-kubernetes-patch-strategy']).split(',').filter(Boolean)
  if (node.type === 'array') return listFrom(node, resolve, patchStrategies)
  const properties = isJsonObject(node.properties) ? node.properties : undefined
  const values = isJsonObject(node.additionalProperties) ? node.additionalProperties : undefined
  if (!properties && !values) {
    const isOpen = node.type === 'object' || node.type === undefined
    return isOpen && node['x-kubernetes-int-or-string'] !== true ? untyped : scalarFrom(node)
  }
  const fields = new Map<string, MergeSchema>()
  let valueSchema: MergeSchema | undefined
  return {
    type: 'object',
    atomic: node['x-kubernetes-map-type'] === 'atomic',
    // Resolved on first use: types refer to themselves.
    field(name) {
      const property = properties && Object.hasOwn(properties, name) ? properties[name] : undefined
      if (!isJsonObject(property)) return undefined
      const schema = fields.get(name) ?? fromNode(property, resolve)
      fields.set(name, schema)
      return schema
    },
    get values() {
      valueSchema ??= values ? fromNode(values, resolve) : untyped
      return valueSchema
    },
    closed: properties !== undefined && !values && node['x-kubernetes-preserve-unknown-fields'] !== true,
    ...(definition ? { definition } : {}),
    patchStrategies,
  }
}

function scalarFrom({ type, format, ...rest }: JsonObject): ScalarSchema {
  if (format === 'int-or-string' || format === 'date-time' || rest['x-kubernetes-int-or-string']) return anyScalar
  if (type === 'integer' || type === 'number') return { type: 'scalar', scalar: 'number' }
  if (type === 'boolean' || type === 'string') return { type: 'scalar', scalar: type }
  return anyScalar
}

function listFrom(node: JsonObject, resolve: Resolve, patchStrategies: string[]): ListSchema {
  const patchMergeKey = textOf(node['x-kubernetes-patch-merge-key'])
  const declaredKeys = node['x-kubernetes-list-map-keys']
  const mapKeys = Array.isArray(declaredKeys) ? declaredKeys.map(String) : patchMergeKey ? [patchMergeKey] : []
  let items: MergeSchema | undefined
  return {
    type: 'list',
    listType: listTypeOf(node, patchStrategies, mapKeys),
    mapKeys,
    ...(patchMergeKey ? { patchMergeKey } : {}),
    patchStrategies,
    get items() {
      items ??= isJsonObject(node.items) ? fromNode(node.items, resolve) : untyped
      return items
    },
  }
}

function listTypeOf(node: JsonObject, patchStrategies: string[], mapKeys: string[]): ListSchema['listType'] {
  const declared = node['x-kubernetes-list-type']
  if (declared === 'set' || declared === 'map' || declared === 'atomic') return declared
  if (!patchStrategies.includes('merge')) return 'atomic'
  return mapKeys.length > 0 ? 'map' : 'set'
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

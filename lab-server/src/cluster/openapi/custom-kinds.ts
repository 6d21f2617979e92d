// Adds the kinds of CustomResourceDefinitions to an OpenAPI v2 document, so that `kubectl explain` knows them.
import type { OpenApiV2, OperationV2, PathV2, SchemaV2 } from './openapi-v2.ts'

/** A custom kind, with the schema of its version. */
export interface CustomKind {
  group: string
  version: string
  kind: string
  plural: string
  listKind: string
  namespaced: boolean
  /** `openAPIV3Schema` of the version. */
  schema: Record<string, unknown>
}

const meta = '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1'
const patchTypes = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml']
const bodyTypes = ['application/json', 'application/yaml']
// What v2 cannot say.
const onlyInV3 = new Set(['nullable', 'oneOf', 'anyOf', 'not', 'default', 'x-kubernetes-validations'])

/** A copy of the document with the definitions and paths of custom kinds. */
export function withCustomKinds(document: OpenApiV2, customKinds: CustomKind[]): OpenApiV2 {
  const definitions = { ...document.definitions }
  const paths = { ...document.paths }
  for (const custom of customKinds) {
    const name = definitionNameOf(custom)
    definitions[name] = objectSchema(custom)
    definitions[`${name}List`] = listSchema(custom, name)
    Object.assign(paths, pathsOf(custom, name))
  }
  return { ...document, definitions, paths }
}

function definitionNameOf({ group, version, kind }: CustomKind): string {
  return [...group.split('.').reverse(), version, kind].join('.')
}

function objectSchema({ group, version, kind, schema }: CustomKind): SchemaV2 {
  const own = asV2(schema) as SchemaV2
  return {
    ...own,
    type: 'object',
    properties: {
      ...own.properties,
      apiVersion: { type: 'string', description: apiVersionText },
      kind: { type: 'string', description: kindText },
      metadata: { description: metadataText, $ref: `${meta}.ObjectMeta` },
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  }
}

function listSchema({ group, version, kind, listKind, plural }: CustomKind, name: string): SchemaV2 {
  return {
    description: `${listKind} is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { type: 'string', description: apiVersionText },
      items: { type: 'array', description: `List of ${plural}.`, items: { $ref: `#/definitions/${name}` } },
      kind: { type: 'string', description: kindText },
      metadata: { description: 'Standard list metadata.', $ref: `${meta}.ListMeta` },
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind: listKind }],
  }
}

function pathsOf(custom: CustomKind, name: string): Record<string, PathV2> {
  const { group, version, plural, namespaced } = custom
  const base = `/apis/${group}/${version}`
  const collection = namespaced ? `${base}/namespaces/{namespace}/${plural}` : `${base}/${plural}`
  const list = operation(custom, 'list', `${name}List`)
  return {
    ...(namespaced && { [`${base}/${plural}`]: { get: list } }),
    [collection]: {
      get: list,
      post: operation(custom, 'post', name, bodyTypes),
      delete: operation(custom, 'deletecollection', 'io.k8s.apimachinery.pkg.apis.meta.v1.Status'),
    },
    [`${collection}/{name}`]: {
      get: operation(custom, 'get', name),
      put: operation(custom, 'put', name, bodyTypes),
      patch: operation(custom, 'patch', name, patchTypes),
      delete: operation(custom, 'delete', 'io.k8s.apimachinery.pkg.apis.meta.v1.Status'),
    },
  }
}

function operation(
  { group, version, kind }: CustomKind,
  action: string,
  answer: string,
  consumes?: string[],
): OperationV2 {
  const schema = { $ref: action === 'patch' ? `${meta}.Patch` : `#/definitions/${answer}` }
  const options = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({ name, in: 'query', type: 'string' }))
  return {
    operationId: `${action}${group}${version}${kind}`.replaceAll(/[^A-Za-z0-9]/g, ''),
    ...(consumes && { consumes, parameters: [{ name: 'body', in: 'body', required: true, schema }, ...options] }),
    produces: bodyTypes,
    responses: { 200: { description: 'OK', schema: { $ref: `#/definitions/${answer}` } } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  }
}

function asV2(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(asV2)
  if (typeof node !== 'object' || node === null) return node
  const kept = Object.entries(node).filter(([key, value]) => !(onlyInV3.has(key) && !isSchema(value)))
  return Object.fromEntries(kept.map(([key, value]) => [key, asV2(value)]))
}

// A property may be called `default` or `not`: then its value is a schema with a type.
function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value
}

const apiVersionText =
  'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources'
const kindText =
  'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds'
const metadataText =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"

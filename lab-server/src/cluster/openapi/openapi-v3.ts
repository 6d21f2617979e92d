// Turns the OpenAPI v2 document into the v3 documents of its groups: one document per path prefix, as clients ask for.
import type { OpenApiV2, OperationV2, ParameterV2, PathV2, SchemaV2 } from './openapi-v2.ts'

type Json = Record<string, unknown>

const v2Prefix = '#/definitions/'
const v3Prefix = '#/components/schemas/'
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const

/** The paths of v3 documents that a v2 document has something for: `api/v1`, `apis/apps`, `apis/apps/v1`, … */
export function v3Keys({ paths }: OpenApiV2): string[] {
  return [...new Set(Object.keys(paths).map(keyOf))].sort()
}

/** The v3 document of one key. */
export function toOpenApiV3(document: OpenApiV2, key: string): Json {
  const paths = Object.entries(document.paths).filter(([path]) => keyOf(path) === key)
  const schemas: Json = {}
  const converted = paths.map(([path, item]) => [path, pathItem(item, document)] as const)
  collectSchemas(
    paths.map(([, item]) => item),
    document,
    schemas,
  )
  return {
    openapi: '3.0.0',
    info: document.info,
    paths: Object.fromEntries(converted),
    components: {
      schemas,
      securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
    },
  }
}

/** `/apis/apps/v1/namespaces/{namespace}/deployments` belongs to `apis/apps/v1`, `/version/` to `version`. */
function keyOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '')
  if (parts[0] === 'api') return parts.slice(0, 2).join('/')
  if (parts[0] === 'apis') return parts.slice(0, 3).join('/')
  return parts.join('/')
}

function pathItem(item: PathV2, document: OpenApiV2): Json {
  const result: Json = {}
  for (const method of methods) {
    const operation = item[method] as OperationV2 | undefined
    if (operation) result[method] = operationV3(operation, document)
  }
  const shared = (item.parameters ?? []).map((parameter) => resolveParameter(parameter, document))
  if (shared.length > 0) result.parameters = shared.filter(isNotBody).map(parameterV3)
  return result
}

function operationV3(operation: OperationV2, document: OpenApiV2): Json {
  const { parameters: given = [], responses, consumes = ['*/*'], produces = ['*/*'], schemes: _, ...rest } = operation
  const parameters = given.map((parameter) => resolveParameter(parameter, document))
  const body = parameters.find((parameter) => parameter.in === 'body')
  const others = parameters.filter(isNotBody).map(parameterV3)
  return {
    ...rest,
    ...(others.length > 0 && { parameters: others }),
    ...(body && {
      requestBody: {
        content: contentOf(consumes, body.schema ?? {}),
        ...(body.required && { required: true }),
      },
    }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([code, { description, schema }]) => [
        code,
        { description, ...(schema && { content: contentOf(produces, schema) }) },
      ]),
    ),
  }
}

function contentOf(mediaTypes: string[], schema: SchemaV2): Json {
  const converted = schemaV3(schema)
  return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema: converted }]))
}

function resolveParameter(parameter: ParameterV2, { parameters }: OpenApiV2): ParameterV2 {
  if (!parameter.$ref) return parameter
  return parameters[parameter.$ref.slice('#/parameters/'.length)] ?? parameter
}

function isNotBody(parameter: ParameterV2): boolean {
  return parameter.in !== 'body'
}

function parameterV3({ type, uniqueItems, ...rest }: ParameterV2): Json {
  return { ...rest, schema: { type, ...(uniqueItems && { uniqueItems }) } }
}

function schemaV3(schema: SchemaV2): Json {
  const { $ref, properties, items, additionalProperties, ...rest } = schema
  const result: Json = { ...rest }
  if (properties) {
    result.properties = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, schemaV3(each)]))
  }
  if (items) result.items = schemaV3(items)
  if (additionalProperties) {
    // A custom schema may say `additionalProperties: true`.
    result.additionalProperties =
      typeof additionalProperties === 'object' ? schemaV3(additionalProperties) : additionalProperties
  }
  if (schema.format === 'int-or-string' && !properties) {
    result.type = undefined
    result.oneOf = [{ type: 'integer' }, { type: 'string' }]
  }
  if (typeof $ref !== 'string') return result
  const reference = { $ref: $ref.replace(v2Prefix, v3Prefix) }
  // In v3 a reference stands alone, so what is said beside it goes around it.
  return Object.keys(rest).length === 0 ? reference : { ...result, allOf: [reference] }
}

function collectSchemas(roots: unknown[], document: OpenApiV2, schemas: Json): void {
  const pending: unknown[] = [...roots]
  while (pending.length > 0) {
    const node = pending.pop()
    if (typeof node !== 'object' || node === null) continue
    const { $ref } = node as { $ref?: unknown }
    if (typeof $ref === 'string' && $ref.startsWith('#/parameters/')) {
      pending.push(document.parameters[$ref.slice('#/parameters/'.length)])
    }
    if (typeof $ref === 'string' && $ref.startsWith(v2Prefix)) {
      const name = $ref.slice(v2Prefix.length)
      const definition = document.definitions[name]
      if (definition && !Object.hasOwn(schemas, name)) {
        schemas[name] = definitionV3(name, definition)
        pending.push(definition)
      }
    }
    pending.push(...Object.values(node))
  }
}

function definitionV3(name: string, definition: SchemaV2): Json {
  const schema = schemaV3(definition)
  if (name.endsWith('.resource.Quantity'))
    return { ...schema, type: undefined, oneOf: [{ type: 'string' }, { type: 'number' }] }
  return schema
}

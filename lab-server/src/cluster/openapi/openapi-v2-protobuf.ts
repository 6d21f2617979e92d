// The OpenAPI v2 document in the protobuf form of github.com/google/gnostic, which kubectl up to 1.26 asks for and
// `kubectl explain --output=plaintext-openapiv2` still does. Of the paths only what kubectl looks up is written:
// the PATCH operations with their query parameters (dry run, field validation).
import type { OpenApiV2, OperationV2, ParameterV2, SchemaV2 } from './openapi-v2.ts'
import { type MessageWriter, makeMessageWriter } from './protobuf-writer.ts'

/** Encodes a document. */
export function encodeOpenApiV2(document: OpenApiV2): Buffer {
  const writer = makeMessageWriter()
  writer.text(1, document.swagger)
  writer.message(2, (info) => {
    info.text(1, document.info.title)
    info.text(2, document.info.version)
  })
  writer.message(8, (paths) => {
    for (const [path, item] of Object.entries(document.paths)) {
      const patch = item.patch as OperationV2 | undefined
      if (!patch) continue
      paths.message(2, (named) => {
        named.text(1, path)
        named.message(2, (value) => value.message(8, (operation) => writeOperation(operation, patch, document)))
      })
    }
  })
  writer.message(9, (definitions) => writeNamedSchemas(definitions, document.definitions))
  return writer.bytes()
}

function writeOperation(writer: MessageWriter, operation: OperationV2, { parameters }: OpenApiV2): void {
  writer.text(5, operation.operationId as string | undefined)
  for (const given of operation.parameters ?? []) {
    const parameter = given.$ref ? parameters[given.$ref.slice('#/parameters/'.length)] : given
    if (parameter?.in === 'query') writer.message(8, (item) => writeQueryParameter(item, parameter))
  }
  writeExtensions(writer, 13, operation)
}

function writeQueryParameter(writer: MessageWriter, parameter: ParameterV2): void {
  // An item holds a parameter, which is not the body, but of the query.
  writer.message(1, (item) =>
    item.message(2, (nonBody) =>
      nonBody.message(3, (query) => {
        query.flag(1, parameter.required)
        query.text(2, parameter.in)
        query.text(3, parameter.description)
        query.text(4, parameter.name)
        query.text(6, parameter.type)
        query.flag(19, parameter.uniqueItems)
      }),
    ),
  )
}

function writeNamedSchemas(writer: MessageWriter, schemas: Record<string, SchemaV2>): void {
  for (const [name, schema] of Object.entries(schemas)) {
    writer.message(1, (named) => {
      named.text(1, name)
      named.message(2, (value) => writeSchema(value, schema))
    })
  }
}

function writeSchema(writer: MessageWriter, schema: SchemaV2): void {
  const { properties, items, additionalProperties } = schema
  writer.text(1, typeof schema.$ref === 'string' ? schema.$ref : undefined)
  writer.text(2, schema.format)
  writer.text(4, schema.description)
  for (const field of schema.required ?? []) writer.text(19, field)
  if (typeof additionalProperties === 'object') {
    writer.message(21, (item) => item.message(1, (value) => writeSchema(value, additionalProperties)))
  }
  if (schema.type) writer.message(22, (type) => type.text(1, schema.type))
  if (items) writer.message(23, (item) => item.message(1, (value) => writeSchema(value, items)))
  if (properties) writer.message(25, (value) => writeNamedSchemas(value, properties))
  writeExtensions(writer, 31, schema)
}

function writeExtensions(writer: MessageWriter, field: number, node: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(node)) {
    if (!name.startsWith('x-')) continue
    writer.message(field, (named) => {
      named.text(1, name)
      // JSON is YAML, which is what the reader parses.
      named.message(2, (any) => any.text(2, JSON.stringify(value)))
    })
  }
}

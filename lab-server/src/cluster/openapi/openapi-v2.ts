// The shape of an OpenAPI v2 document as Kubernetes publishes one: only what is read here.

/** A schema of OpenAPI v2. */
export interface SchemaV2 {
  $ref?: string
  type?: string
  format?: string
  description?: string
  items?: SchemaV2
  properties?: Record<string, SchemaV2>
  additionalProperties?: SchemaV2
  required?: string[]
  'x-kubernetes-group-version-kind'?: GroupVersionKind[]
  [extension: string]: unknown
}

/** Names a kind. */
export interface GroupVersionKind {
  group: string
  version: string
  kind: string
}

/** A parameter: a reference to a shared one, the body, or one of the query or path. */
export interface ParameterV2 {
  $ref?: string
  name?: string
  in?: string
  description?: string
  required?: boolean
  schema?: SchemaV2
  type?: string
  uniqueItems?: boolean
}

/** What one method of a path does. */
export interface OperationV2 {
  parameters?: ParameterV2[]
  responses: Record<string, { description: string; schema?: SchemaV2 }>
  consumes?: string[]
  produces?: string[]
  [field: string]: unknown
}

/** The methods of a path, and the parameters that all of them take. */
export interface PathV2 {
  parameters?: ParameterV2[]
  [method: string]: OperationV2 | ParameterV2[] | undefined
}

/** An OpenAPI v2 document. */
export interface OpenApiV2 {
  swagger: string
  info: { title: string; version: string }
  paths: Record<string, PathV2>
  definitions: Record<string, SchemaV2>
  parameters: Record<string, ParameterV2>
  securityDefinitions?: Record<string, Record<string, string>>
  security?: Record<string, string[]>[]
}

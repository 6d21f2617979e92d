// Turns a CustomResourceDefinition into kinds that the generic layers serve like their own.
import { age } from '../../objects/human-duration.ts'
import type { Column, FieldError, KindDefinition } from '../../objects/kind-definition.ts'
import type { CustomResourceDefinition, KubeObject } from '../../objects/types.ts'
import { parseJsonPath } from './json-path.ts'
import { schemaErrors } from './schema-validation.ts'
import { applySchemaDefaults, isObject, pruneUnknown, type StructuralSchema } from './structural-schema.ts'
import { hasRules, ruleErrors } from './validation-rules.ts'

/** A custom kind in one version, with what only custom kinds have. */
export interface CustomKind {
  definition: KindDefinition
  schema: StructuralSchema
  listKind: string
  isStored: boolean
}

interface PrinterColumn {
  name: string
  type: string
  format?: string
  description?: string
  priority?: number
  jsonPath: string
}

/** The kinds of all served versions. */
export function customKindsOf(crd: CustomResourceDefinition): CustomKind[] {
  const { group, names, versions, scope } = crd.spec
  return versions
    .filter(({ served }) => served)
    .map((version) => {
      const schema = (version.schema?.openAPIV3Schema ?? preserveAll) as StructuralSchema
      const printed = (version.additionalPrinterColumns ?? [ageColumn]) as PrinterColumn[]
      const scale = version.subresources?.scale
      const definition: KindDefinition = {
        group,
        version: version.name,
        kind: names.kind,
        plural: names.plural,
        singular: names.singular || names.kind.toLowerCase(),
        shortNames: names.shortNames ?? [],
        categories: names.categories ?? [],
        namespaced: scope === 'Namespaced',
        subresources: {
          ...(version.subresources?.status ? { status: true } : {}),
          ...(scale
            ? {
                scale: {
                  replicas: scale.specReplicasPath,
                  statusReplicas: scale.statusReplicasPath,
                  ...(scale.labelSelectorPath ? { selector: scale.labelSelectorPath } : {}),
                },
              }
            : {}),
        },
        hasGeneration: true,
        columns: [nameColumn, ...printed.map(columnOf)],
        cells: makeCells(printed),
        applyDefaults: (object) => applySchemaDefaults(schema, object),
        validate: (object, old) => [...nameErrors(object), ...contentErrors(schema, object, old)],
        checksStatus: true,
        ...(version.deprecated
          ? { deprecation: version.deprecationWarning ?? `${group}/${version.name} ${names.kind} is deprecated` }
          : {}),
      }
      return { definition, schema, listKind: names.listKind || `${names.kind}List`, isStored: version.storage }
    })
}

// Rules are not asked about an object whose shape they cannot rely on.
const blocking = new Set<FieldError['type']>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])

function contentErrors(schema: StructuralSchema, object: KubeObject, old: KubeObject | undefined): FieldError[] {
  const errors = schemaErrors(withoutMetadata(schema), object, '', old)
  if (!hasRules(schema)) return errors
  if (!errors.some(({ type }) => blocking.has(type))) return [...errors, ...ruleErrors(schema, object, old)]
  const message =
    'Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'
  return [...errors, { field: '<nil>', type: 'FieldValueInvalid', message }]
}

const preserveAll: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

/** Metadata has rules of its own, whatever a schema says of it. */
function withoutMetadata(schema: StructuralSchema): StructuralSchema {
  if (!schema.properties?.metadata) return schema
  const { metadata: _metadata, ...properties } = schema.properties
  return { ...schema, properties }
}

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

function nameErrors({ metadata }: KubeObject): FieldError[] {
  const { name = '' } = metadata
  if (subdomain.test(name) && name.length <= 253) return []
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  return [
    { field: 'metadata.name', type: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(name)}: ${rule}` },
  ]
}

/** Paths of fields that the kind does not have; the object itself is left as it is. */
export function unknownCustomFields({ schema }: CustomKind, object: unknown): string[] {
  return isObject(object) ? pruneUnknown(schema, structuredClone(object)) : []
}

const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
}

const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  priority: 0,
}

function columnOf({ name, type, description, priority, jsonPath }: PrinterColumn): Column {
  const text = description || `Custom resource definition column (in JSONPath format): ${jsonPath}`
  return { name, type: type as Column['type'], description: text, priority: priority ?? 0 }
}

function makeCells(printed: PrinterColumn[]): KindDefinition['cells'] {
  const readers = printed.map(({ jsonPath, type }) => ({ read: parseJsonPath(jsonPath), type }))
  return (object, { nowMs }) => [
    object.metadata.name,
    ...readers.map(({ read, type }) => {
      const found = read(object)
      if (found.length === 0) return type === 'date' ? '<unknown>' : null
      if (type === 'date') return age(String(found[0]), nowMs)
      if (found.length === 1) return typeof found[0] === 'object' ? JSON.stringify(found[0]) : found[0]
      return found.map((item) => (typeof item === 'object' ? JSON.stringify(item) : String(item))).join(',')
    }),
  ]
}

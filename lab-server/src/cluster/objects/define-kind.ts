import { normalizeObject } from '../openapi/normalize.ts'
import { ageColumn, type ColumnName, describeColumns, nameColumn } from './columns.ts'
import { age } from './human-duration.ts'
import type { FieldError, KindDefinition, RowContext } from './kind-definition.ts'
import type { KubeObject, ObjectMeta } from './types.ts'
import { metadataErrors } from './validation/metadata.ts'
import { dnsSubdomainProblems } from './validation/names.ts'

/** Groups that upstream serves apart, without the rules for finalizers of the others. */
const takesAnyFinalizer = new Set(['admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io'])

/** What one kind says of itself; everything usual may be left out. */
export interface KindRow<T> {
  group: string
  version: string
  kind: string
  plural: string
  shortNames?: string[]
  categories?: string[]
  /** True unless said otherwise. */
  namespaced?: boolean
  verbs?: string[]
  subresources?: KindDefinition['subresources']
  otherSubresources?: KindDefinition['otherSubresources']
  hasGeneration?: boolean
  generationFields?: string[]
  storedAs?: KindDefinition['storedAs']
  /** Name and age when absent. */
  columns?: ColumnName[]
  cells?(object: T, context: RowContext): unknown[]
  selectableFields?: Record<string, (object: T) => string | undefined>
  applyDefaults?(object: T, old?: T): void
  validate?(object: T, old?: T): FieldError[]
  validateUpdate?(object: T, old: T, subresource?: string): FieldError[]
  warnings?(object: T, old?: T): string[]
  deprecation?: string
  /** What is wrong with a name of this kind; a DNS subdomain unless said otherwise. */
  nameProblems?(name: string): string[]
}

/**
 * Completes a row of the table of kinds. Here, and nowhere else, an object that the generic layers
 * know as any object becomes one of its own kind.
 */
export function defineKind<T extends { metadata: ObjectMeta } = KubeObject>(row: KindRow<T>): KindDefinition {
  const own = (object: KubeObject) => object as unknown as T
  const { applyDefaults, validate, validateUpdate, warnings } = row
  const cells = row.cells ?? nameAndAge
  return {
    group: row.group,
    version: row.version,
    kind: row.kind,
    plural: row.plural,
    singular: row.kind.toLowerCase(),
    shortNames: row.shortNames ?? [],
    categories: row.categories ?? [],
    namespaced: row.namespaced ?? true,
    verbs: row.verbs,
    subresources: row.subresources ?? {},
    otherSubresources: row.otherSubresources,
    hasGeneration: row.hasGeneration ?? false,
    generationFields: row.generationFields,
    storedAs: row.storedAs,
    columns: describeColumns(row.plural, row.columns ?? [nameColumn, ageColumn]),
    cells: (object, context) => cells(own(object), context),
    selectableFields: row.selectableFields && ownSelectors(row.selectableFields),
    applyDefaults(object, old) {
      normalizeObject(row, object)
      applyDefaults?.(own(object), old && own(old))
    },
    validate(object, old) {
      const { namespaced = true, nameProblems = dnsSubdomainProblems } = row
      const knowsFinalizers = !takesAnyFinalizer.has(row.group)
      const errors = metadataErrors(object.metadata, { namespaced, nameProblems, knowsFinalizers })
      return [...errors, ...(validate?.(own(object), old && own(old)) ?? [])]
    },
    validateUpdate: validateUpdate && ((object, old, part) => validateUpdate(own(object), own(old), part)),
    warnings: warnings && ((object, old) => warnings(own(object), old && own(old))),
    deprecation: row.deprecation,
  }
}

function nameAndAge(object: { metadata: ObjectMeta }, { nowMs }: RowContext): unknown[] {
  return [object.metadata.name, age(object.metadata.creationTimestamp, nowMs)]
}

function ownSelectors<T>(fields: Record<string, (object: T) => string | undefined>) {
  const read = ([label, field]: [string, (object: T) => string | undefined]) =>
    [label, (object: KubeObject) => field(object as unknown as T) ?? ''] as const
  return Object.fromEntries(Object.entries(fields).map(read))
}

// How the API itself is extended.
import { ageColumn, createdAtColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { FieldError } from '../kind-definition.ts'
import type { APIService, CustomResourceDefinition } from '../types.ts'
import { invalid, required } from '../validation/errors.ts'
import { pathSegmentProblems } from '../validation/names.ts'

/** A kind that users add. */
export const customResourceDefinition = defineKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  subresources: { status: true },
  hasGeneration: true,
  columns: [nameColumn, createdAtColumn],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
  applyDefaults({ spec }) {
    if (!spec?.names) return
    spec.names.singular ||= spec.names.kind?.toLowerCase()
    spec.names.listKind ||= `${spec.names.kind}List`
    spec.conversion ??= { strategy: 'None' }
  },
})

/** A group and version of the API, and who serves it. */
export const apiService = defineKind<APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: { status: true },
  columns: [nameColumn, plain('Service'), plain('Available'), ageColumn],
  cells({ metadata, spec, status }, { nowMs }) {
    const available = status?.conditions?.find(({ type }) => type === 'Available')
    const reason = available?.status === 'True' || !available?.reason ? '' : ` (${available.reason})`
    return [
      metadata.name,
      spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local',
      `${available?.status ?? 'Unknown'}${reason}`,
      age(metadata.creationTimestamp, nowMs),
    ]
  },
  applyDefaults({ spec }) {
    if (spec?.service) spec.service.port ??= 443
  },
  // `v1.`, the core group's, ends with a dot.
  nameProblems: pathSegmentProblems,
  validate: ({ metadata, spec }) => apiServiceErrors(metadata.name ?? '', spec),
})

function apiServiceErrors(name: string, spec: APIService['spec']): FieldError[] {
  const { group = '', version = '' } = spec ?? {}
  const expected = `${version}.${group}`
  const errors: FieldError[] = []
  if (name !== expected) {
    const why = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(expected)}`
    errors.push(invalid('metadata.name', name, why))
  }
  if (group === '' && version !== 'v1') {
    errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'))
  }
  return errors
}

// Namespaces and what limits them.

import { ageColumn, createdAtColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { LimitRange, Namespace, ResourceQuota } from '../types.ts'
import { dnsLabelProblems } from '../validation/names.ts'
import { limitRangeErrors } from './limit-range-validation.ts'
import { quotaChange, quotaErrors } from './quota-validation.ts'

/** A scope for names. */
export const namespace = defineKind<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  nameProblems: dnsLabelProblems,
  applyDefaults(namespace, old) {
    const { metadata } = namespace
    if (metadata.name) metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name }
    namespace.spec ??= {}
    if (!old && !namespace.spec.finalizers?.includes('kubernetes')) {
      namespace.spec.finalizers = [...(namespace.spec.finalizers ?? []), 'kubernetes']
    }
    namespace.status ??= {}
    namespace.status.phase ??= 'Active'
  },
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: { status: true },
  otherSubresources: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }],
  columns: [nameColumn, plain('Status'), ageColumn],
  cells: ({ metadata, status }, { nowMs }) => [
    metadata.name,
    status?.phase ?? '',
    age(metadata.creationTimestamp, nowMs),
  ],
  selectableFields: { 'status.phase': ({ status }) => status?.phase },
})

/** Bounds and defaults for what pods and claims ask for. */
export const limitRange = defineKind<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  validate: limitRangeErrors,
  applyDefaults: ({ spec }) => spec?.limits?.forEach(applyLimitDefaults),
  shortNames: ['limits'],
  columns: [nameColumn, createdAtColumn],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
})

/** How much a namespace may use in total. */
export const resourceQuota = defineKind<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  validate: quotaErrors,
  validateUpdate: quotaChange,
  applyDefaults(quota) {
    quota.status ??= {}
  },
  shortNames: ['quota'],
  subresources: { status: true },
  columns: [nameColumn, plain('Request'), plain('Limit'), ageColumn],
  cells: (quota, { nowMs }) => [
    quota.metadata.name,
    usage(quota, (resource) => !isLimit(resource)),
    usage(quota, isLimit),
    age(quota.metadata.creationTimestamp, nowMs),
  ],
})

// A container's default limit is the largest allowed; its default request is its default limit, else the least.
function applyLimitDefaults(item: NonNullable<LimitRange['spec']>['limits'][number]): void {
  if (item.type !== 'Container') return
  item.default = { ...item.max, ...item.default }
  item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest }
}

function isLimit(resource: string): boolean {
  return resource.startsWith('limits.')
}

function usage({ status }: ResourceQuota, isShown: (resource: string) => boolean): string {
  const hard = Object.entries(status?.hard ?? {}).filter(([resource]) => isShown(resource))
  return hard
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, limit]) => `${resource}: ${status?.used?.[resource] ?? '0'}/${limit}`)
    .join(', ')
}

// Core kinds that little else depends on.

import { ageColumn, nameColumn, plain, wide } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import { applyTemplateDefaults } from '../pod-spec/pod-defaults.ts'
import { templateErrors } from '../pod-spec/pod-spec-validation.ts'
import { formatLabels, matchesPairs } from '../selectors.ts'
import type { Binding, ComponentStatus, PodTemplate, ReplicationController } from '../types.ts'
import { invalid, required } from '../validation/errors.ts'
import { nonNegative } from '../validation/numbers.ts'
import { templateCells, templateColumns } from '../workload-cells.ts'

/** The scheduler's decision about a pod; never stored. */
export const binding = defineKind<Binding>({
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  verbs: ['create'],
})

/** The health of a part of the control plane; deprecated, never stored. */
export const componentStatus = defineKind<ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  verbs: ['get', 'list'],
  columns: [nameColumn, plain('Status'), plain('Message'), plain('Error')],
  cells({ metadata, conditions }) {
    const health = conditions?.find(({ type }) => type === 'Healthy')
    const words: Record<string, string> = { True: 'Healthy', False: 'Unhealthy' }
    return [metadata.name, words[health?.status ?? ''] ?? 'Unknown', health?.message ?? '', health?.error ?? '']
  },
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
})

/** A template kept as an object. */
export const podTemplate = defineKind<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  validate: ({ template }) => templateErrors('template', template),
  applyDefaults: ({ template }) => applyTemplateDefaults(template),
  hasGeneration: true,
  generationFields: ['template'],
  columns: [nameColumn, plain('Containers'), plain('Images'), plain('Pod Labels')],
  cells: ({ metadata, template }) => [
    metadata.name,
    ...templateCells(template),
    formatLabels(template?.metadata?.labels),
  ],
})

/** What kept pods running before ReplicaSets. */
export const replicationController = defineKind<ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  validate({ spec }) {
    const errors = nonNegative('spec.replicas', spec?.replicas)
    const labels = spec?.template?.metadata?.labels
    if (Object.keys(spec?.selector ?? {}).length === 0) errors.push(required('spec.selector'))
    else if (!matchesPairs(spec?.selector, labels)) {
      errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'))
    }
    return [...errors, ...templateErrors('spec.template', spec?.template)]
  },
  applyDefaults(controller) {
    const { metadata, spec } = controller
    controller.status ??= { replicas: 0 }
    if (!spec) return
    applyTemplateDefaults(spec.template)
    spec.replicas ??= 1
    const labels = spec.template?.metadata?.labels
    if (!spec.selector && labels) spec.selector = { ...labels }
    if (!metadata.labels && labels) metadata.labels = { ...labels }
  },
  shortNames: ['rc'],
  categories: ['all'],
  subresources: { status: true, scale: { replicas: '.spec.replicas', statusReplicas: '.status.replicas' } },
  hasGeneration: true,
  columns: [
    nameColumn,
    plain('Desired', 'integer'),
    plain('Current', 'integer'),
    plain('Ready', 'integer'),
    ageColumn,
    ...templateColumns,
    wide('Selector'),
  ],
  cells: ({ metadata, spec, status }, { nowMs }) => [
    metadata.name,
    spec?.replicas ?? 0,
    status?.replicas ?? 0,
    status?.readyReplicas ?? 0,
    age(metadata.creationTimestamp, nowMs),
    ...templateCells(spec?.template),
    formatLabels(spec?.selector),
  ],
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
})

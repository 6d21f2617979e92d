import { ageColumn, nameColumn, plain, wide } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import { workloadWarnings } from '../pod-spec/pod-warnings.ts'
import type { ReplicaSet } from '../types.ts'
import { templateAndSelectorCells, templateColumns } from '../workload-cells.ts'
import { applyReplicaSetDefaults } from './defaults.ts'
import { replicaSetErrors, selectorChange } from './validation.ts'

/** A number of pods of one template. */
export const replicaSet = defineKind<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  subresources: {
    status: true,
    scale: { replicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' },
  },
  hasGeneration: true,
  applyDefaults: applyReplicaSetDefaults,
  validate: replicaSetErrors,
  validateUpdate: selectorChange,
  warnings: (object, old) => workloadWarnings(object, old, { field: 'spec.template', value: object.spec?.template }),
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
    ...templateAndSelectorCells(spec),
  ],
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
})

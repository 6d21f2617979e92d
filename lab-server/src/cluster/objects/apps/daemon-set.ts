import { ageColumn, nameColumn, plain, wide } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import { workloadWarnings } from '../pod-spec/pod-warnings.ts'
import { formatLabels } from '../selectors.ts'
import type { DaemonSet } from '../types.ts'
import { templateAndSelectorCells, templateColumns } from '../workload-cells.ts'
import { applyDaemonSetDefaults } from './defaults.ts'
import { daemonSetErrors, selectorChange } from './validation.ts'

/** A pod on every node. */
export const daemonSet = defineKind<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  subresources: { status: true },
  hasGeneration: true,
  applyDefaults: applyDaemonSetDefaults,
  validate: daemonSetErrors,
  validateUpdate: selectorChange,
  warnings: (object, old) =>
    workloadWarnings(object, old, { field: 'spec.template', value: object.spec?.template, namesHosts: false }),
  columns: [
    nameColumn,
    plain('Desired', 'integer'),
    plain('Current', 'integer'),
    plain('Ready', 'integer'),
    plain('Up-to-date', 'integer'),
    plain('Available', 'integer'),
    plain('Node Selector'),
    ageColumn,
    ...templateColumns,
    wide('Selector'),
  ],
  cells: ({ metadata, spec, status }, { nowMs }) => [
    metadata.name,
    status?.desiredNumberScheduled ?? 0,
    status?.currentNumberScheduled ?? 0,
    status?.numberReady ?? 0,
    status?.updatedNumberScheduled ?? 0,
    status?.numberAvailable ?? 0,
    formatLabels(spec?.template?.spec?.nodeSelector),
    age(metadata.creationTimestamp, nowMs),
    ...templateAndSelectorCells(spec),
  ],
})

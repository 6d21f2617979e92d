import { ageColumn, nameColumn, plain, wide } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import { workloadWarnings } from '../pod-spec/pod-warnings.ts'
import type { Deployment } from '../types.ts'
import { templateAndSelectorCells, templateColumns } from '../workload-cells.ts'
import { applyDeploymentDefaults } from './defaults.ts'
import { deploymentErrors, selectorChange } from './validation.ts'

/** Pods that are replaced step by step when their template changes. */
export const deployment = defineKind<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: {
    status: true,
    scale: { replicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' },
  },
  hasGeneration: true,
  applyDefaults: applyDeploymentDefaults,
  validate: deploymentErrors,
  validateUpdate: selectorChange,
  warnings: (object, old) => workloadWarnings(object, old, { field: 'spec.template', value: object.spec?.template }),
  columns: [
    nameColumn,
    plain('Ready'),
    plain('Up-to-date'),
    plain('Available'),
    ageColumn,
    ...templateColumns,
    wide('Selector'),
  ],
  cells: ({ metadata, spec, status }, { nowMs }) => [
    metadata.name,
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    status?.updatedReplicas ?? 0,
    status?.availableReplicas ?? 0,
    age(metadata.creationTimestamp, nowMs),
    ...templateAndSelectorCells(spec),
  ],
})

import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import { workloadWarnings } from '../pod-spec/pod-warnings.ts'
import type { StatefulSet } from '../types.ts'
import { dnsLabelProblems } from '../validation/names.ts'
import { templateCells, templateColumns } from '../workload-cells.ts'
import { applyStatefulSetDefaults } from './defaults.ts'
import { statefulSetChange, statefulSetErrors } from './stateful-set-validation.ts'

/** Pods with an identity and storage of their own. */
export const statefulSet = defineKind<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  subresources: {
    status: true,
    scale: { replicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' },
  },
  hasGeneration: true,
  applyDefaults: applyStatefulSetDefaults,
  nameProblems: dnsLabelProblems,
  validate: statefulSetErrors,
  validateUpdate: statefulSetChange,
  warnings: (object, old) =>
    workloadWarnings(object, old, { field: 'spec.template', value: object.spec?.template, namesHosts: false }),
  columns: [nameColumn, plain('Ready'), ageColumn, ...templateColumns],
  cells: ({ metadata, spec, status }, { nowMs }) => [
    metadata.name,
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    age(metadata.creationTimestamp, nowMs),
    ...templateCells(spec?.template),
  ],
})

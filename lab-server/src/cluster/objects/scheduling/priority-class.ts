import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { PriorityClass } from '../types.ts'
import { priorityClassChange, priorityClassErrors } from './validation.ts'

/** Which pods go first. */
export const priorityClass = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  validate: priorityClassErrors,
  validateUpdate: priorityClassChange,
  shortNames: ['pc'],
  namespaced: false,
  hasGeneration: true,
  generationFields: [],
  applyDefaults(priorityClass) {
    priorityClass.preemptionPolicy ??= 'PreemptLowerPriority'
  },
  columns: [
    nameColumn,
    plain('Value', 'integer'),
    plain('Global-Default', 'boolean'),
    ageColumn,
    plain('PreemptionPolicy'),
  ],
  cells: ({ metadata, value, globalDefault, preemptionPolicy }, { nowMs }) => [
    metadata.name,
    value,
    globalDefault ?? false,
    age(metadata.creationTimestamp, nowMs),
    preemptionPolicy ?? '<unset>',
  ],
})

import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { PodDisruptionBudget } from '../types.ts'
import { budgetErrors } from './validation.ts'

/** How many pods of a set may be evicted at a time. */
export const podDisruptionBudget = defineKind<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  validate: budgetErrors,
  shortNames: ['pdb'],
  subresources: { status: true },
  hasGeneration: true,
  applyDefaults(budget) {
    budget.status ??= { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 }
  },
  columns: [
    nameColumn,
    plain('Min Available'),
    plain('Max Unavailable'),
    plain('Allowed Disruptions', 'integer'),
    ageColumn,
  ],
  cells: ({ metadata, spec, status }, { nowMs }) => [
    metadata.name,
    String(spec?.minAvailable ?? 'N/A'),
    String(spec?.maxUnavailable ?? 'N/A'),
    status?.disruptionsAllowed ?? 0,
    age(metadata.creationTimestamp, nowMs),
  ],
})

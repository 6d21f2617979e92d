import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import { formatLabelSelector } from '../selectors.ts'
import type { NetworkPolicy } from '../types.ts'

/** Who may talk to a set of pods, and whom they may talk to. */
export const networkPolicy = defineKind<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  hasGeneration: true,
  columns: [nameColumn, plain('Pod-Selector'), ageColumn],
  cells: ({ metadata, spec }, { nowMs }) => [
    metadata.name,
    formatLabelSelector(spec?.podSelector),
    age(metadata.creationTimestamp, nowMs),
  ],
})

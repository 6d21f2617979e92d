import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import { formatLabelSelector } from '../selectors.ts'
import type { NetworkPolicy } from '../types.ts'
import { networkPolicyErrors } from './network-policy-validation.ts'

/** Who may talk to a set of pods, and whom they may talk to. */
export const networkPolicy = defineKind<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  validate: networkPolicyErrors,
  shortNames: ['netpol'],
  hasGeneration: true,
  applyDefaults(policy) {
    policy.spec ??= { podSelector: {} }
    const { spec } = policy
    spec.podSelector ??= {}
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
      for (const port of rule.ports ?? []) port.protocol ||= 'TCP'
    }
  },
  columns: [nameColumn, plain('Pod-Selector'), ageColumn],
  cells: ({ metadata, spec }, { nowMs }) => [
    metadata.name,
    formatLabelSelector(spec?.podSelector),
    age(metadata.creationTimestamp, nowMs),
  ],
})

import type { KindName } from '../kubernetes/kinds.ts'
import { isSame } from '../world/normalise.ts'
import { type Invariant, outcomeOf } from './invariant.ts'

const guardKinds = new Set(['ResourceQuota', 'LimitRange', 'PodDisruptionBudget', 'NetworkPolicy'])

/** Policies of the namespace were not switched off. */
export const guardRailsInvariant: Invariant = {
  id: 'INV-14',
  title: 'The guard rails are still up',
  evaluate({ baseline, objects }, { flows }) {
    const problems: string[] = []
    for (const [name, healthy] of Object.entries(baseline.objects)) {
      const live = objects.find(healthy.kind as KindName, healthy.metadata.name)
      if (guardKinds.has(healthy.kind)) {
        // Where the scenario says which flows count, policies are judged by them: INV-8.
        if (flows && healthy.kind === 'NetworkPolicy') continue
        if (!live) problems.push(`${name} was deleted`)
        else if (!isSame(live, healthy)) problems.push(`${name} is not as it was`)
      }
      if (healthy.kind !== 'Namespace') continue
      for (const [label, value] of Object.entries(healthy.metadata.labels ?? {})) {
        if (!label.startsWith('pod-security.kubernetes.io/')) continue
        if (live?.metadata.labels?.[label] !== value) problems.push(`the label ${label}=${value} is gone from ${name}`)
      }
    }
    return outcomeOf('quotas, limits, budgets and policies as before', problems, 'as before')
  },
}

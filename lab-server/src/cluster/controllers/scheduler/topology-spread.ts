// Topology spread constraints: how uneven would the domains be with the pod on this node?
import { matchesLabelSelector } from '../../objects/selectors.ts'
import type { Pod } from '../../objects/types.ts'
import { matchesNodeAffinity } from './node-affinity.ts'
import type { NodeView, SchedulingView } from './scheduling-view.ts'
import { untolerated } from './tolerations.ts'

type Constraint = NonNullable<NonNullable<Pod['spec']>['topologySpreadConstraints']>[number]

/** What keeps a pod off a node: the node lacks the topology's label, or the domains would be too uneven. */
export type SpreadConflict = 'missing label' | 'skew'

/** The first broken constraint of those that must hold. */
export function spreadConflict(pod: Pod, target: NodeView, view: SchedulingView): SpreadConflict | undefined {
  const hard = constraintsOf(pod, 'DoNotSchedule')
  if (hard.some(({ topologyKey }) => target.node.metadata.labels?.[topologyKey] === undefined)) return 'missing label'
  return hard.some((constraint) => skewWith(pod, constraint, target, view) > constraint.maxSkew) ? 'skew' : undefined
}

/** Matching pods that are already in the node's domains, for constraints that are wishes only. */
export function softSpreadCount(pod: Pod, target: NodeView, view: SchedulingView): number {
  return constraintsOf(pod, 'ScheduleAnyway').reduce((sum, constraint) => {
    const domain = target.node.metadata.labels?.[constraint.topologyKey]
    return sum + (domain === undefined ? 0 : (countByDomain(pod, constraint, view).get(domain) ?? 0))
  }, 0)
}

function constraintsOf(pod: Pod, whenUnsatisfiable: string): Constraint[] {
  return (pod.spec?.topologySpreadConstraints ?? []).filter((one) => one.whenUnsatisfiable === whenUnsatisfiable)
}

function skewWith(pod: Pod, constraint: Constraint, target: NodeView, view: SchedulingView): number {
  const counts = countByDomain(pod, constraint, view)
  const fewest = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values())
  const here = counts.get(target.node.metadata.labels?.[constraint.topologyKey] ?? '') ?? 0
  const self = matchesLabelSelector(selectorOf(constraint, pod), pod.metadata.labels) ? 1 : 0
  return here + self - (Number.isFinite(fewest) ? fewest : 0)
}

function countByDomain(pod: Pod, constraint: Constraint, view: SchedulingView): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { node, pods } of view.nodes) {
    const domain = node.metadata.labels?.[constraint.topologyKey]
    if (domain === undefined || !isEligible(pod, constraint, node)) continue
    const matching = pods.filter(
      (other) =>
        other.metadata.namespace === pod.metadata.namespace &&
        !other.metadata.deletionTimestamp &&
        matchesLabelSelector(selectorOf(constraint, pod), other.metadata.labels),
    )
    counts.set(domain, (counts.get(domain) ?? 0) + matching.length)
  }
  return counts
}

/** Nodes that the pod could not use count only if the constraint says so. */
function isEligible(pod: Pod, constraint: Constraint, node: NodeView['node']): boolean {
  if (constraint.nodeAffinityPolicy !== 'Ignore' && !matchesNodeAffinity(pod, node)) return false
  if (constraint.nodeTaintsPolicy !== 'Honor') return true
  return untolerated(node.spec?.taints, pod.spec?.tolerations, ['NoSchedule', 'NoExecute']).length === 0
}

/** `matchLabelKeys` adds the pod's own values to the selector. */
function selectorOf({ labelSelector, matchLabelKeys = [] }: Constraint, pod: Pod) {
  if (!labelSelector || matchLabelKeys.length === 0) return labelSelector
  const own = matchLabelKeys.flatMap((key) => {
    const value = pod.metadata.labels?.[key]
    return value === undefined ? [] : [[key, value] as const]
  })
  return { ...labelSelector, matchLabels: { ...labelSelector.matchLabels, ...Object.fromEntries(own) } }
}

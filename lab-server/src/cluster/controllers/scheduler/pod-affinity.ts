// Required and preferred affinity between pods.
import { matchesLabelSelector } from '../../objects/selectors.ts'
import type { Pod } from '../../objects/types.ts'
import type { NodeView, SchedulingView } from './scheduling-view.ts'

type Affinity = NonNullable<NonNullable<Pod['spec']>['affinity']>
type Term = NonNullable<NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']>[number]

/** Which rule a node breaks for a pod. */
export type AffinityConflict = 'affinity' | 'anti-affinity' | 'existing anti-affinity'

/** The rule that keeps the pod off the node, if one does. */
export function affinityConflict(pod: Pod, target: NodeView, view: SchedulingView): AffinityConflict | undefined {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {}
  const required = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  if (!required.every((term) => meetsAffinity(pod, term, target, view))) return 'affinity'

  const forbidden = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  if (
    forbidden.some((term) => podsNear(target, term.topologyKey, view).some((other) => selects(term, pod, other, view)))
  ) {
    return 'anti-affinity'
  }
  return isUnwelcome(pod, target, view) ? 'existing anti-affinity' : undefined
}

/** The weights of preferred terms that the node meets, those of anti-affinity counted off. */
export function preferredAffinityWeight(pod: Pod, target: NodeView, view: SchedulingView): number {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {}
  const weigh = (terms: { weight: number; podAffinityTerm: Term }[] | undefined) =>
    (terms ?? []).reduce((sum, { weight, podAffinityTerm: term }) => {
      const near = podsNear(target, term.topologyKey, view).filter((other) => selects(term, pod, other, view))
      return sum + weight * near.length
    }, 0)
  return (
    weigh(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution) -
    weigh(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution)
  )
}

function meetsAffinity(pod: Pod, term: Term, target: NodeView, view: SchedulingView): boolean {
  if (target.node.metadata.labels?.[term.topologyKey] === undefined) return false
  if (podsNear(target, term.topologyKey, view).some((other) => selects(term, pod, other, view))) return true
  // The first pod of a group that wants to be together may go anywhere.
  const hasOthers = view.nodes.some(({ pods }) => pods.some((other) => selects(term, pod, other, view)))
  return !hasOthers && selects(term, pod, pod, view)
}

function isUnwelcome(pod: Pod, target: NodeView, view: SchedulingView): boolean {
  return view.nodes.some(({ node, pods }) =>
    pods.some((other) =>
      (other.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some((term) => {
        const domain = target.node.metadata.labels?.[term.topologyKey]
        return (
          domain !== undefined && node.metadata.labels?.[term.topologyKey] === domain && selects(term, other, pod, view)
        )
      }),
    ),
  )
}

/** Pods in the same domain as the node; a node without the label is in none. */
function podsNear(target: NodeView, topologyKey: string, view: SchedulingView): Pod[] {
  const domain = target.node.metadata.labels?.[topologyKey]
  if (domain === undefined) return []
  return view.nodes.filter(({ node }) => node.metadata.labels?.[topologyKey] === domain).flatMap(({ pods }) => pods)
}

/** True if `owner`'s term means `other`. */
function selects(term: Term, owner: Pod, other: Pod, view: SchedulingView): boolean {
  return (
    meansNamespace(term, owner, other.metadata.namespace ?? '', view) &&
    matchesLabelSelector(term.labelSelector, other.metadata.labels)
  )
}

function meansNamespace(
  { namespaces = [], namespaceSelector }: Term,
  owner: Pod,
  namespace: string,
  view: SchedulingView,
) {
  if (namespaces.length === 0 && !namespaceSelector) return namespace === owner.metadata.namespace
  return namespaces.includes(namespace) || matchesLabelSelector(namespaceSelector, view.namespaceLabels(namespace))
}

// Which of the nodes that can take a pod should.
import type { Pod } from '../../objects/types.ts'
import { controllerOf } from '../ownership.ts'
import { preferredWeight } from './node-affinity.ts'
import { preferredAffinityWeight } from './pod-affinity.ts'
import { addResources, parseResources, podRequests } from './pod-requests.ts'
import type { NodeView, SchedulingView } from './scheduling-view.ts'
import { untolerated } from './tolerations.ts'
import { softSpreadCount } from './topology-spread.ts'

/** The best node: wishes first, then few pods of the same owner, then the least allocated; names break ties. */
export function chooseNode(pod: Pod, candidates: NodeView[], view: SchedulingView): NodeView | undefined {
  return candidates
    .map((candidate) => ({ candidate, score: scoreNode(pod, candidate, view) }))
    .sort((a, b) => b.score - a.score || a.candidate.name.localeCompare(b.candidate.name))[0]?.candidate
}

function scoreNode(pod: Pod, target: NodeView, view: SchedulingView): number {
  const { node, pods } = target
  const avoided = untolerated(node.spec?.taints, pod.spec?.tolerations, ['PreferNoSchedule']).length
  const owner = controllerOf(pod)?.uid
  const siblings = owner ? pods.filter((other) => controllerOf(other)?.uid === owner).length : 0
  return (
    -300 * avoided +
    2 * preferredWeight(pod, node) +
    2 * preferredAffinityWeight(pod, target, view) -
    200 * softSpreadCount(pod, target, view) -
    100 * siblings +
    100 * freeShare(pod, target)
  )
}

/** How much of processor and memory would be left, 0 to 1. */
function freeShare(pod: Pod, { node, requested }: NodeView): number {
  const allocatable = parseResources(node.status?.allocatable)
  const used = addResources(requested, podRequests(pod))
  const shares = ['cpu', 'memory'].map((name) => 1 - (used[name] ?? 0) / (allocatable[name] || 1))
  return shares.reduce((sum, share) => sum + Math.max(0, share), 0) / shares.length
}

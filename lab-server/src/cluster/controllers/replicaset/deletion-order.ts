// Which pods go first when a ReplicaSet shrinks. The order is upstream's, so that a student sees the same pods go.
import type { Pod } from '../../objects/types.ts'
import { isPodReady, readySinceMs, restartCount } from '../pod-state.ts'

const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost'
const phaseOrder: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 }

/**
 * The pods to delete first. `related` are the pods of all ReplicaSets of the same owner:
 * a pod that shares its node with many of them goes before one that does not.
 */
export function planDeletions(pods: Pod[], related: Pod[], count: number, nowMs: number): Pod[] {
  if (count >= pods.length) return pods
  const onNode = new Map<string, number>()
  for (const { spec } of related) {
    if (spec?.nodeName) onNode.set(spec.nodeName, (onNode.get(spec.nodeName) ?? 0) + 1)
  }
  return [...pods].sort((a, b) => compareForDeletion(a, b, onNode, nowMs)).slice(0, count)
}

function compareForDeletion(a: Pod, b: Pod, onNode: Map<string, number>, nowMs: number): number {
  return (
    Number(isAssigned(a)) - Number(isAssigned(b)) ||
    phaseRank(a) - phaseRank(b) ||
    Number(isPodReady(a)) - Number(isPodReady(b)) ||
    deletionCost(a) - deletionCost(b) ||
    neighbours(b, onNode) - neighbours(a, onNode) ||
    ageRank(readySinceMs(a), nowMs) - ageRank(readySinceMs(b), nowMs) ||
    restartCount(b) - restartCount(a) ||
    ageRank(createdMs(a), nowMs) - ageRank(createdMs(b), nowMs) ||
    (a.metadata.uid ?? '').localeCompare(b.metadata.uid ?? '')
  )
}

function isAssigned(pod: Pod): boolean {
  return Boolean(pod.spec?.nodeName)
}

function phaseRank(pod: Pod): number {
  return phaseOrder[pod.status?.phase ?? 'Pending'] ?? 1
}

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.[deletionCostAnnotation] ?? 0)
  return Number.isInteger(cost) ? cost : 0
}

function neighbours(pod: Pod, onNode: Map<string, number>): number {
  return onNode.get(pod.spec?.nodeName ?? '') ?? 0
}

function createdMs(pod: Pod): number {
  return Date.parse(pod.metadata.creationTimestamp ?? '') || 0
}

/** Ages count by powers of two, so that pods of about the same age are taken at random (here: by uid). */
function ageRank(sinceMs: number, nowMs: number): number {
  if (sinceMs === 0) return -1
  return Math.floor(Math.log2(Math.max(1, (nowMs - sinceMs) / 1000)))
}

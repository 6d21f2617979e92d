// The text of a failed scheduling attempt. Same wording as kube-scheduler, so that kubectl describe reads the same.
import type { Rejection } from './filters.ts'

const noVictims = 'No preemption victims found for incoming pod'
const notHelpful = 'Preemption is not helpful for scheduling'

/** Why no node takes the pod: `0/1 nodes are available: 1 Insufficient cpu. …`. */
export function fitMessage(rejections: Rejection[], { neverPreempts = false, preempted = false } = {}): string {
  const counts = countReasons(rejections.flatMap(({ reasons }) => reasons))
  const message = `0/${rejections.length} nodes are available: ${counts}.`
  if (preempted) return message
  const preemption = neverPreempts ? 'not eligible due to preemptionPolicy=Never.' : preemptionMessage(rejections)
  return `${message} no new claims to deallocate, preemption: ${preemption}`
}

/** Why no node is even looked at, e.g. because a claim is missing. */
export function prefilterMessage(nodes: number, reason: string): string {
  return `0/${nodes} nodes are available: ${reason}. not found`
}

function preemptionMessage(rejections: Rejection[]): string {
  const outcomes = rejections.map(({ isResolvable }) => (isResolvable ? noVictims : notHelpful))
  return `0/${rejections.length} nodes are available: ${countReasons(outcomes)}.`
}

function countReasons(reasons: string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ')
}

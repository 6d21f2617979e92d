// Making room for a pod of higher priority by removing as few lower ones as possible.
import type { Pod } from '../../objects/types.ts'
import { type Candidate, filterNode, type Rejection } from './filters.ts'
import { type NodeView, type SchedulingView, viewNode } from './scheduling-view.ts'

/** A node where the pod fits once the victims are gone. */
export interface Preemption {
  node: NodeView
  victims: Pod[]
}

/** The best node to make room on, or undefined when that helps nowhere. */
export function planPreemption(
  candidate: Candidate,
  rejections: Map<NodeView, Rejection>,
  view: SchedulingView,
): Preemption | undefined {
  if (candidate.pod.spec?.preemptionPolicy === 'Never') return undefined
  const options = view.nodes.flatMap((node) => {
    if (!rejections.get(node)?.isResolvable) return []
    const victims = findVictims(candidate, node, view)
    return victims.length > 0 ? [{ node, victims }] : []
  })
  return options.sort(
    (a, b) =>
      highest(a.victims) - highest(b.victims) ||
      a.victims.length - b.victims.length ||
      a.node.name.localeCompare(b.node.name),
  )[0]
}

/** The lower pods that have to go: all of them first, then as many as possible are let back, the highest first. */
function findVictims(candidate: Candidate, target: NodeView, view: SchedulingView): Pod[] {
  const own = priorityOf(candidate.pod)
  const lower = target.pods.filter((pod) => priorityOf(pod) < own)
  if (lower.length === 0) return []
  let kept = target.pods.filter((pod) => !lower.includes(pod))
  const fits = (pods: Pod[]) => {
    const node = viewNode(target.node, pods)
    const nodes = view.nodes.map((one) => (one.name === node.name ? node : one))
    return filterNode(candidate, node, { ...view, nodes }) === undefined
  }
  if (!fits(kept)) return []
  const victims: Pod[] = []
  for (const pod of lower.sort((a, b) => priorityOf(b) - priorityOf(a))) {
    if (fits([...kept, pod])) kept = [...kept, pod]
    else victims.push(pod)
  }
  return victims
}

function highest(victims: Pod[]): number {
  return Math.max(...victims.map(priorityOf))
}

function priorityOf(pod: Pod): number {
  return pod.spec?.priority ?? 0
}

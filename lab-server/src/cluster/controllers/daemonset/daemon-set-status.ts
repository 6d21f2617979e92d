import type { DaemonSet, Node, Pod } from '../../objects/types.ts'
import { isPodAvailable, isPodReady } from '../pod-state.ts'
import { withoutZeros } from '../without-zeros.ts'
import { nodeSuitability, targetNode } from './daemon-pod.ts'
import { hashLabel } from './daemon-set-plan.ts'

/** A DaemonSet's status: counted by nodes, each by its oldest pod. */
export function daemonSetStatus(
  daemonSet: DaemonSet,
  { nodes, pods, hash, nowMs }: { nodes: Node[]; pods: Pod[]; hash: string; nowMs: number },
): NonNullable<DaemonSet['status']> {
  let [desired, current, misscheduled, ready, available, updated] = [0, 0, 0, 0, 0, 0]
  for (const node of nodes) {
    const { shouldRun } = nodeSuitability(daemonSet, node)
    const here = pods
      .filter((pod) => targetNode(pod) === node.metadata.name)
      .sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''))
    const [oldest] = here
    if (!shouldRun) {
      if (oldest) misscheduled++
      continue
    }
    desired++
    if (!oldest) continue
    current++
    if (isPodReady(oldest)) ready++
    if (isPodAvailable(oldest, daemonSet.spec?.minReadySeconds ?? 0, nowMs)) available++
    if (oldest.metadata.labels?.[hashLabel] === hash) updated++
  }
  return {
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    ...withoutZeros({
      observedGeneration: daemonSet.metadata.generation,
      updatedNumberScheduled: updated,
      numberAvailable: available,
      numberUnavailable: desired - available,
    }),
  }
}

// What a StatefulSet does next: one pod at a time and in order, unless its policy is Parallel.
import type { Pod, StatefulSet } from '../../objects/types.ts'
import { isPodAvailable, isPodFinished } from '../pod-state.ts'
import { ordinalOf, revisionLabel } from './stateful-pod.ts'

/** Things to do now, in order. `keep` ordinals are fine or waited for. */
export interface StatefulSetPlan {
  create: number[]
  remove: Pod[]
}

interface Facts {
  /** The name of the revision that pods should have. */
  updateRevision: string
  nowMs: number
}

/** The next step of a StatefulSet with these pods. */
export function planStatefulSet(set: StatefulSet, pods: Pod[], facts: Facts): StatefulSetPlan {
  const { replicas = 1, ordinals, podManagementPolicy } = set.spec ?? {}
  const first = ordinals?.start ?? 0
  const inOrder = podManagementPolicy !== 'Parallel'
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod) ?? -1, pod]))
  const plan: StatefulSetPlan = { create: [], remove: [] }

  for (let ordinal = first; ordinal < first + replicas; ordinal++) {
    const pod = byOrdinal.get(ordinal)
    if (!pod) plan.create.push(ordinal)
    else if (isPodFinished(pod) && !pod.metadata.deletionTimestamp) plan.remove.push(pod)
    else if (isHealthy(set, pod, facts.nowMs)) continue
    // In order, everything after a pod that is not there yet has to wait.
    if (inOrder) return plan
  }

  const surplus = pods
    .filter((pod) => !isWanted(ordinalOf(set, pod) ?? -1, first, replicas))
    .sort(byOrdinalDescending(set))
  for (const pod of surplus) {
    if (!pod.metadata.deletionTimestamp) plan.remove.push(pod)
    if (inOrder) return plan
  }
  if (plan.create.length + plan.remove.length > 0) return plan
  return { create: [], remove: planUpdate(set, pods, facts) }
}

/** Pods of an old revision to delete, the highest ordinal first and one by one. */
function planUpdate(set: StatefulSet, pods: Pod[], { updateRevision, nowMs }: Facts): Pod[] {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {}
  if (type === 'OnDelete') return []
  const lowest = (set.spec?.ordinals?.start ?? 0) + (rollingUpdate?.partition ?? 0)
  for (const pod of [...pods].sort(byOrdinalDescending(set))) {
    if ((ordinalOf(set, pod) ?? -1) < lowest) return []
    const isOld = pod.metadata.labels?.[revisionLabel] !== updateRevision
    if (isOld && !pod.metadata.deletionTimestamp) return [pod]
    if (!isHealthy(set, pod, nowMs)) return []
  }
  return []
}

/** True for a pod that is running, ready for long enough, and not on its way out. */
export function isHealthy(set: StatefulSet, pod: Pod, nowMs: number): boolean {
  return !pod.metadata.deletionTimestamp && isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, nowMs)
}

function isWanted(ordinal: number, first: number, replicas: number): boolean {
  return ordinal >= first && ordinal < first + replicas
}

function byOrdinalDescending(set: StatefulSet) {
  return (a: Pod, b: Pod) => (ordinalOf(set, b) ?? -1) - (ordinalOf(set, a) ?? -1)
}

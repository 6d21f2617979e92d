// What controllers ask of a pod: is it still working, is it ready, for how long.
import type { Pod, PodCondition } from '../objects/types.ts'

/** A condition of a pod by type. */
export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type)
}

/** True once all containers have ended for good. */
export function isPodFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

/** True for a pod that counts as a replica: not finished and not being deleted. */
export function isPodActive(pod: Pod): boolean {
  return !isPodFinished(pod) && !pod.metadata.deletionTimestamp
}

/** True for a pod that is on its way out but still runs. */
export function isPodTerminating(pod: Pod): boolean {
  return !isPodFinished(pod) && pod.metadata.deletionTimestamp !== undefined
}

/** True if the pod's Ready condition is true. */
export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True'
}

/** Milliseconds until a ready pod counts as available: 0 or less if it does, infinite if it is not ready. */
export function podAvailableInMs(pod: Pod, minReadySeconds: number, nowMs: number): number {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return Number.POSITIVE_INFINITY
  if (minReadySeconds === 0) return 0
  return readySinceMs(pod) + minReadySeconds * 1000 - nowMs
}

/** True if the pod has been ready for `minReadySeconds`. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  return podAvailableInMs(pod, minReadySeconds, nowMs) <= 0
}

/** When the pod became ready, or 0. */
export function readySinceMs(pod: Pod): number {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True' || !ready.lastTransitionTime) return 0
  return Date.parse(ready.lastTransitionTime)
}

/** Restarts of the pod's containers, added up. */
export function restartCount(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + (status.restartCount ?? 0), 0)
}

// How a rolling update moves: never more than surge above, never fewer than unavailable below.
import type { Deployment, ReplicaSet } from '../../objects/types.ts'
import {
  byAge,
  isRollingUpdate,
  maxSurge,
  maxUnavailable,
  sizeOf,
  totalAvailable,
  totalSize,
} from './replica-set-facts.ts'

/** A new size for one ReplicaSet. */
export interface Resize {
  replicaSet: ReplicaSet
  size: number
}

/** The size for the new ReplicaSet now. */
export function nextNewSize(deployment: Deployment, all: ReplicaSet[], current: ReplicaSet | undefined): number {
  const wanted = sizeOf(deployment)
  if (!isRollingUpdate(deployment)) return wanted
  const size = current ? sizeOf(current) : 0
  if (size > wanted) return wanted
  const room = wanted + maxSurge(deployment) - totalSize(all)
  return room <= 0 ? size : size + Math.min(room, wanted - size)
}

/** Old ReplicaSets to shrink: first replicas that are not available anyway, then healthy ones. */
export function planOldSizes(deployment: Deployment, current: ReplicaSet, old: ReplicaSet[]): Resize[] {
  if (totalSize(old) === 0) return []
  const all = [...old, current]
  const minAvailable = sizeOf(deployment) - maxUnavailable(deployment)
  const newUnavailable = sizeOf(current) - (current.status?.availableReplicas ?? 0)
  const removable = totalSize(all) - minAvailable - newUnavailable
  if (removable <= 0) return []

  const oldest = [...old].sort(byAge)
  const sizes = new Map(oldest.map((replicaSet) => [replicaSet, sizeOf(replicaSet)]))
  removeUnhealthy(oldest, sizes, removable)
  removeHealthy(oldest, sizes, totalAvailable(all) - minAvailable)
  return oldest
    .map((replicaSet) => ({ replicaSet, size: sizes.get(replicaSet) ?? 0 }))
    .filter(({ replicaSet, size }) => size !== sizeOf(replicaSet))
}

function removeUnhealthy(oldest: ReplicaSet[], sizes: Map<ReplicaSet, number>, atMost: number): void {
  let left = atMost
  for (const replicaSet of oldest) {
    const unhealthy = sizeOf(replicaSet) - (replicaSet.status?.availableReplicas ?? 0)
    const remove = Math.max(0, Math.min(left, unhealthy))
    sizes.set(replicaSet, sizeOf(replicaSet) - remove)
    left -= remove
  }
}

function removeHealthy(oldest: ReplicaSet[], sizes: Map<ReplicaSet, number>, atMost: number): void {
  let left = Math.max(0, atMost)
  for (const replicaSet of oldest) {
    const size = sizes.get(replicaSet) ?? 0
    const remove = Math.min(left, size)
    sizes.set(replicaSet, size - remove)
    left -= remove
  }
}

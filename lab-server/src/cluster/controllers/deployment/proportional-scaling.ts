// Scaling in the middle of a rollout: each ReplicaSet gets its share, the remainder goes to the largest.
import type { Deployment, ReplicaSet } from '../../objects/types.ts'
import { activeOrLatest } from './find-replica-sets.ts'
import {
  annotations,
  byAge,
  isRollingUpdate,
  maxSurge,
  numberAnnotation,
  sizeOf,
  totalSize,
} from './replica-set-facts.ts'
import type { Resize } from './rolling-update-plan.ts'

/** True when someone changed `spec.replicas` since the ReplicaSets were last sized. */
export function isScalingEvent(deployment: Deployment, all: ReplicaSet[]): boolean {
  return all.some((replicaSet) => {
    if (sizeOf(replicaSet) === 0) return false
    const desired = numberAnnotation(replicaSet, annotations.desiredReplicas)
    return desired !== undefined && desired !== sizeOf(deployment)
  })
}

/** Sizes after a change of `spec.replicas`, without moving the rollout on. */
export function planScaling(deployment: Deployment, current: ReplicaSet | undefined, old: ReplicaSet[]): Resize[] {
  const only = activeOrLatest(current, old)
  if (only) return [{ replicaSet: only, size: sizeOf(deployment) }]
  if (current && isSaturated(deployment, current)) {
    return old.filter((replicaSet) => sizeOf(replicaSet) > 0).map((replicaSet) => ({ replicaSet, size: 0 }))
  }
  if (!isRollingUpdate(deployment)) return []
  const active = [...old, ...(current ? [current] : [])].filter((replicaSet) => sizeOf(replicaSet) > 0)
  return shareOut(deployment, active)
}

function shareOut(deployment: Deployment, active: ReplicaSet[]): Resize[] {
  const allowed = sizeOf(deployment) > 0 ? sizeOf(deployment) + maxSurge(deployment) : 0
  const toAdd = allowed - totalSize(active)
  // Growing favours the newer of equals, shrinking the older.
  const sorted = [...active].sort((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)))
  let added = 0
  const resizes = sorted.map((replicaSet) => {
    const share = shareOf(deployment, replicaSet, toAdd - added)
    added += share
    return { replicaSet, size: sizeOf(replicaSet) + share }
  })
  const largest = resizes[0]
  if (largest) largest.size = Math.max(0, largest.size + toAdd - added)
  return resizes
}

function shareOf(deployment: Deployment, replicaSet: ReplicaSet, left: number): number {
  if (left === 0) return 0
  const size = sizeOf(replicaSet)
  if (sizeOf(deployment) === 0) return Math.max(-size, left)
  const before = numberAnnotation(replicaSet, annotations.maxReplicas) || deployment.status?.replicas || size
  const fraction = Math.round((size * (sizeOf(deployment) + maxSurge(deployment))) / before) - size
  return left > 0 ? Math.min(fraction, left) : Math.max(fraction, left)
}

function isSaturated(deployment: Deployment, replicaSet: ReplicaSet): boolean {
  const size = sizeOf(deployment)
  return (
    sizeOf(replicaSet) === size &&
    numberAnnotation(replicaSet, annotations.desiredReplicas) === size &&
    replicaSet.status?.availableReplicas === size
  )
}

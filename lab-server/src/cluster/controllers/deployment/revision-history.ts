import type { Deployment, ReplicaSet } from '../../objects/types.ts'
import { revisionOf, sizeOf } from './replica-set-facts.ts'

/** Old ReplicaSets beyond the revision history limit, oldest revision first; only ones without pods. */
export function planHistoryCleanup(deployment: Deployment, old: ReplicaSet[]): ReplicaSet[] {
  const limit = deployment.spec?.revisionHistoryLimit
  if (limit === undefined || limit === 0x7fffffff) return []
  const alive = old.filter(({ metadata }) => !metadata.deletionTimestamp)
  const excess = alive.length - limit
  if (excess <= 0) return []
  return alive
    .sort((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, excess)
    .filter((replicaSet) => {
      const { status, metadata } = replicaSet
      const isSeen = (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0)
      return sizeOf(replicaSet) === 0 && (status?.replicas ?? 0) === 0 && isSeen
    })
}

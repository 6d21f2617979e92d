// What the deployment controller reads from its ReplicaSets: revisions, sizes, annotations.

import { scaledValue } from '../../objects/int-or-string.ts'
import type { Deployment, ReplicaSet } from '../../objects/types.ts'

/** Annotations that tie ReplicaSets to their Deployment's history and size. */
export const annotations = {
  revision: 'deployment.kubernetes.io/revision',
  revisionHistory: 'deployment.kubernetes.io/revision-history',
  desiredReplicas: 'deployment.kubernetes.io/desired-replicas',
  maxReplicas: 'deployment.kubernetes.io/max-replicas',
} as const

/** The label that tells the pods of one template from those of another. */
export const templateHashLabel = 'pod-template-hash'

/** `spec.replicas`, which the server defaults to 1. */
export function sizeOf(object: Deployment | ReplicaSet): number {
  return object.spec?.replicas ?? 1
}

/** The sum of `spec.replicas`. */
export function totalSize(replicaSets: ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + sizeOf(replicaSet), 0)
}

/** The sum of available replicas. */
export function totalAvailable(replicaSets: ReplicaSet[]): number {
  return replicaSets.reduce((sum, { status }) => sum + (status?.availableReplicas ?? 0), 0)
}

/** Oldest first; names break ties so that the order is total. */
export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  return (
    (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
    (a.metadata.name ?? '').localeCompare(b.metadata.name ?? '')
  )
}

/** The revision an object carries, 0 without one. */
export function revisionOf(object: Deployment | ReplicaSet): number {
  const revision = Number.parseInt(object.metadata.annotations?.[annotations.revision] ?? '0', 10)
  return Number.isNaN(revision) ? 0 : revision
}

/** A numeric annotation of a ReplicaSet. */
export function numberAnnotation(replicaSet: ReplicaSet, name: string): number | undefined {
  const text = replicaSet.metadata.annotations?.[name]
  const value = text === undefined ? Number.NaN : Number.parseInt(text, 10)
  return Number.isNaN(value) ? undefined : value
}

/** True unless the strategy is Recreate. */
export function isRollingUpdate(deployment: Deployment): boolean {
  return deployment.spec?.strategy?.type !== 'Recreate'
}

/** Surge and unavailable in pods: surge rounds up, unavailable down, and both 0 would never move. */
export function rollingUpdateLimits(deployment: Deployment): { surge: number; unavailable: number } {
  const size = sizeOf(deployment)
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec?.strategy?.rollingUpdate ?? {}
  const surge = scaledValue(maxSurge, size, 'up')
  const unavailable = scaledValue(maxUnavailable, size, 'down')
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

/** Pods allowed above the desired number. */
export function maxSurge(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? rollingUpdateLimits(deployment).surge : 0
}

/** Pods that may be missing while rolling. */
export function maxUnavailable(deployment: Deployment): number {
  if (!isRollingUpdate(deployment) || sizeOf(deployment) === 0) return 0
  return Math.min(rollingUpdateLimits(deployment).unavailable, sizeOf(deployment))
}

/** True if the Deployment has a deadline for its progress. */
export function hasProgressDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec?.progressDeadlineSeconds
  return seconds !== undefined && seconds !== 0x7fffffff
}

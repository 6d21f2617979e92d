// A ReplicaSet's status from its pods.
import { formatTime } from '../../clock.ts'
import type { Pod, ReplicaSet } from '../../objects/types.ts'
import { isPodActive, isPodAvailable, isPodReady, isPodTerminating, podAvailableInMs } from '../pod-state.ts'
import { withoutZeros } from '../without-zeros.ts'

type ReplicaSetStatus = NonNullable<ReplicaSet['status']>

/** What went wrong while pods were created or deleted. */
export interface ReplicaFailure {
  reason: 'FailedCreate' | 'FailedDelete'
  message: string
}

/** The status that `pods`, all the ReplicaSet controls, amount to. */
export function replicaSetStatus(
  replicaSet: ReplicaSet,
  pods: Pod[],
  failure: ReplicaFailure | undefined,
  nowMs: number,
): ReplicaSetStatus {
  const active = pods.filter(isPodActive)
  const minReadySeconds = replicaSet.spec?.minReadySeconds ?? 0
  const templateLabels = Object.entries(replicaSet.spec?.template?.metadata?.labels ?? {})
  const fullyLabeled = active.filter(({ metadata }) =>
    templateLabels.every(([key, value]) => metadata.labels?.[key] === value),
  )
  const conditions = failureConditions(replicaSet, failure, nowMs)
  return {
    replicas: active.length,
    ...withoutZeros({
      fullyLabeledReplicas: fullyLabeled.length,
      readyReplicas: active.filter(isPodReady).length,
      availableReplicas: active.filter((pod) => isPodAvailable(pod, minReadySeconds, nowMs)).length,
      observedGeneration: replicaSet.metadata.generation ?? 0,
    }),
    // ReplicationControllers, which share this, do not have the field.
    ...(replicaSet.kind === 'ReplicaSet' ? { terminatingReplicas: pods.filter(isPodTerminating).length } : {}),
    ...(conditions.length > 0 ? { conditions } : {}),
  } as ReplicaSetStatus
}

/** When the next ready pod becomes available, if one is waiting for `minReadySeconds`. */
export function nextAvailableInMs(replicaSet: { spec?: { minReadySeconds?: number } }, pods: Pod[], nowMs: number) {
  const waits = pods
    .filter(isPodActive)
    .map((pod) => podAvailableInMs(pod, replicaSet.spec?.minReadySeconds ?? 0, nowMs))
    .filter((wait) => wait > 0 && Number.isFinite(wait))
  return waits.length > 0 ? Math.min(...waits) : undefined
}

function failureConditions(replicaSet: ReplicaSet, failure: ReplicaFailure | undefined, nowMs: number) {
  const conditions = replicaSet.status?.conditions ?? []
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure')
  if (!failure) return others
  const current = conditions.find(({ type }) => type === 'ReplicaFailure')
  if (current) return conditions
  return [...others, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: formatTime(nowMs), ...failure }]
}

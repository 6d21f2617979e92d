import type { Pod, StatefulSet } from '../../objects/types.ts'
import { isPodAvailable, isPodReady } from '../pod-state.ts'
import { withoutZeros } from '../without-zeros.ts'
import { revisionLabel } from './stateful-pod.ts'

type StatefulSetStatus = NonNullable<StatefulSet['status']>

/** A StatefulSet's status from its pods; a finished update makes its revision the current one. */
export function statefulSetStatus(
  set: StatefulSet,
  pods: Pod[],
  { updateRevision, currentRevision, nowMs }: { updateRevision: string; currentRevision: string; nowMs: number },
): StatefulSetStatus {
  const live = pods.filter(({ metadata }) => !metadata.deletionTimestamp)
  const ofRevision = (revision: string) =>
    live.filter(({ metadata }) => metadata.labels?.[revisionLabel] === revision).length
  const ready = pods.filter(isPodReady).length
  const updated = ofRevision(updateRevision)
  const isUpdated = set.spec?.updateStrategy?.type !== 'OnDelete' && updated === pods.length && ready === pods.length
  const current = isUpdated ? updateRevision : currentRevision
  return {
    ...withoutZeros({
      observedGeneration: set.metadata.generation,
      readyReplicas: ready,
      currentReplicas: ofRevision(current),
      updatedReplicas: updated,
    }),
    replicas: pods.length,
    availableReplicas: pods.filter((pod) => isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, nowMs)).length,
    currentRevision: current,
    updateRevision,
    collisionCount: set.status?.collisionCount ?? 0,
  }
}

// A Deployment's status from its ReplicaSets: counts, availability, progress.
import type { Deployment, ReplicaSet } from '../../objects/types.ts'
import { withoutZeros } from '../without-zeros.ts'
import {
  type DeploymentCondition,
  findCondition,
  newCondition,
  removeCondition,
  setCondition,
} from './deployment-conditions.ts'
import { hasProgressDeadline, maxUnavailable, sizeOf, totalAvailable, totalSize } from './replica-set-facts.ts'

type DeploymentStatus = NonNullable<Deployment['status']>

/** The ReplicaSets of a Deployment as one run sees them. */
export interface ReplicaSets {
  current: ReplicaSet | undefined
  old: ReplicaSet[]
}

const minimumAvailable = { reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
const minimumUnavailable = {
  reason: 'MinimumReplicasUnavailable',
  message: 'Deployment does not have minimum availability.',
}

/** Counts and availability, with the conditions that were there. */
export function deploymentStatus(
  deployment: Deployment,
  { current, old }: ReplicaSets,
  nowMs: number,
): DeploymentStatus {
  const all = [...old, ...(current ? [current] : [])]
  const available = totalAvailable(all)
  const isAvailable = available >= sizeOf(deployment) - maxUnavailable(deployment)
  const { collisionCount } = deployment.status ?? {}
  return {
    ...withoutZeros({
      observedGeneration: deployment.metadata.generation,
      replicas: all.reduce((sum, { status }) => sum + (status?.replicas ?? 0), 0),
      updatedReplicas: current?.status?.replicas,
      readyReplicas: all.reduce((sum, { status }) => sum + (status?.readyReplicas ?? 0), 0),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, totalSize(all) - available),
    }),
    terminatingReplicas: all.reduce((sum, { status }) => sum + (status?.terminatingReplicas ?? 0), 0),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: setCondition(
      deployment.status?.conditions ?? [],
      isAvailable
        ? newCondition('Available', 'True', minimumAvailable, nowMs)
        : newCondition('Available', 'False', minimumUnavailable, nowMs),
    ),
  } as DeploymentStatus
}

/** The status of a rollout that is not paused: progress, success, or the deadline exceeded. */
export function rolloutStatus(deployment: Deployment, replicaSets: ReplicaSets, nowMs: number): DeploymentStatus {
  const status = deploymentStatus(deployment, replicaSets, nowMs)
  const conditions = progressConditions(deployment, { status, current: replicaSets.current, nowMs })
  return { ...status, conditions: withReplicaFailure(conditions, replicaSets, nowMs) }
}

/** True once every replica is of the new template and available. */
export function isComplete(deployment: Deployment, status: DeploymentStatus | undefined): boolean {
  const size = sizeOf(deployment)
  return (
    (status?.updatedReplicas ?? 0) === size &&
    (status?.replicas ?? 0) === size &&
    (status?.availableReplicas ?? 0) === size &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

/** Milliseconds until the progress deadline can have passed, or undefined when nothing is waited for. */
export function deadlineInMs(deployment: Deployment, status: DeploymentStatus, nowMs: number): number | undefined {
  const progress = findCondition(status.conditions, 'Progressing')
  if (!hasProgressDeadline(deployment) || !progress || isComplete(deployment, status)) return undefined
  if (progress.reason === 'ProgressDeadlineExceeded' || progress.reason === 'NewReplicaSetAvailable') return undefined
  // The deadline is exceeded strictly after it.
  return Math.max(0, deadlineMs(deployment, progress) - nowMs) + 1
}

interface Progress {
  status: DeploymentStatus
  current: ReplicaSet | undefined
  nowMs: number
}

function progressConditions(deployment: Deployment, { status, current, nowMs }: Progress): DeploymentCondition[] {
  const conditions = status.conditions ?? []
  if (!hasProgressDeadline(deployment)) return removeCondition(conditions, 'Progressing')

  const progress = findCondition(deployment.status?.conditions, 'Progressing')
  const isDone =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && progress?.reason === 'NewReplicaSetAvailable'
  if (isDone) return conditions

  const what = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`
  if (isComplete(deployment, status)) {
    const text = { reason: 'NewReplicaSetAvailable', message: `${what} has successfully progressed.` }
    return setCondition(conditions, newCondition('Progressing', 'True', text, nowMs))
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    const text = { reason: 'ReplicaSetUpdated', message: `${what} is progressing.` }
    const condition = newCondition('Progressing', 'True', text, nowMs)
    // Each step of progress moves lastUpdateTime, from which the deadline counts.
    const since = progress?.status === 'True' ? progress.lastTransitionTime : undefined
    return [
      ...removeCondition(conditions, 'Progressing'),
      { ...condition, ...(since ? { lastTransitionTime: since } : {}) },
    ]
  }
  if (hasTimedOut(deployment, status, nowMs)) {
    const text = { reason: 'ProgressDeadlineExceeded', message: `${what} has timed out progressing.` }
    return setCondition(conditions, newCondition('Progressing', 'False', text, nowMs))
  }
  return conditions
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const oldReplicas = (status: DeploymentStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    oldReplicas(after) < oldReplicas(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  )
}

function hasTimedOut(deployment: Deployment, status: DeploymentStatus, nowMs: number): boolean {
  const progress = findCondition(status.conditions, 'Progressing')
  if (!progress || progress.reason === 'NewReplicaSetAvailable') return false
  return progress.reason === 'ProgressDeadlineExceeded' || deadlineMs(deployment, progress) < nowMs
}

function deadlineMs(deployment: Deployment, progress: DeploymentCondition): number {
  return Date.parse(progress.lastUpdateTime ?? '') + (deployment.spec?.progressDeadlineSeconds ?? 600) * 1000
}

/** A ReplicaSet that cannot create pods makes the Deployment say so; the new one is heard first. */
function withReplicaFailure(conditions: DeploymentCondition[], { current, old }: ReplicaSets, nowMs: number) {
  const failure = [...(current ? [current] : []), ...old]
    .flatMap(({ status }) => status?.conditions ?? [])
    .find(({ type }) => type === 'ReplicaFailure')
  if (!failure) return removeCondition(conditions, 'ReplicaFailure')
  const { status, reason = '', message = '', lastTransitionTime } = failure
  const condition = newCondition('ReplicaFailure', status as 'True', { reason, message }, nowMs)
  return setCondition(conditions, { ...condition, ...(lastTransitionTime ? { lastTransitionTime } : {}) })
}

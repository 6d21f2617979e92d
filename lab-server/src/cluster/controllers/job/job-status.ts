// A Job's status: counts, times and conditions in upstream's order.
import { formatTime } from '../../clock.ts'
import type { Job, Pod } from '../../objects/types.ts'
import { isPodReady } from '../pod-state.ts'
import { withoutZeros } from '../without-zeros.ts'
import { completedIndexes, failedIndexes, formatIndexes } from './job-indexes.ts'
import { isIndexed, outcomeOf } from './job-pods.ts'
import type { Tally } from './job-tally.ts'
import type { Verdict } from './job-verdict.ts'

type JobStatus = NonNullable<Job['status']>
export type JobCondition = NonNullable<JobStatus['conditions']>[number]

/** The condition of a type that holds. */
export function trueCondition(job: Job, type: string): JobCondition | undefined {
  return job.status?.conditions?.find((condition) => condition.type === type && condition.status === 'True')
}

/** True once the Job is complete or has failed. */
export function isJobFinished(job: Job): boolean {
  return Boolean(trueCondition(job, 'Complete') ?? trueCondition(job, 'Failed'))
}

/** The status for what is known now. */
export function jobStatus(
  job: Job,
  { pods, tally, conditions, nowMs }: { pods: Pod[]; tally: Tally; conditions: JobCondition[]; nowMs: number },
): JobStatus {
  const active = pods.filter((pod) => outcomeOf(job, pod) === 'active')
  const terminating = pods.filter((pod) => pod.metadata.deletionTimestamp && !hasEnded(pod))
  const { succeeded, failed } = tally.uncounted
  const completedAt = conditions.some(({ type, status }) => type === 'Complete' && status === 'True')
  const { startTime, completionTime } = job.status ?? {}
  return {
    ...withoutZeros({ active: active.length, succeeded: tally.succeeded, failed: tally.failed }),
    ready: active.filter(isPodReady).length,
    terminating: terminating.length,
    uncountedTerminatedPods: {
      ...(succeeded.length > 0 ? { succeeded } : {}),
      ...(failed.length > 0 ? { failed } : {}),
    },
    ...(isIndexed(job) ? indexStatus(job, pods) : {}),
    ...(conditions.length > 0 ? { conditions } : {}),
    ...(startTime ? { startTime } : {}),
    ...(completedAt ? { completionTime: completionTime ?? formatTime(nowMs) } : {}),
  } as JobStatus
}

/** The conditions that announce how the Job ends, and those that say that it has ended. */
export function endConditions(job: Job, verdict: Verdict, isOver: boolean, nowMs: number): JobCondition[] {
  const { type, reason, message } = verdict
  const announced = setCondition(job.status?.conditions ?? [], { type, status: 'True', reason, message }, nowMs)
  if (!isOver) return announced
  const final = type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed'
  return setCondition(announced, { type: final, status: 'True', reason, message }, nowMs)
}

/** The conditions with one of them set; times move only when its status does. */
export function setCondition(
  conditions: JobCondition[],
  condition: { type: string; status: string; reason: string; message: string },
  nowMs: number,
): JobCondition[] {
  const current = conditions.find(({ type }) => type === condition.type)
  if (current?.status === condition.status && current.reason === condition.reason) return conditions
  const now = formatTime(nowMs)
  const next = { lastProbeTime: now, lastTransitionTime: now, ...condition }
  return current ? conditions.map((one) => (one === current ? next : one)) : [...conditions, next]
}

function indexStatus(job: Job, pods: Pod[]) {
  const done = formatIndexes(completedIndexes(job, pods))
  const failed = formatIndexes(failedIndexes(job, pods))
  return {
    ...(done ? { completedIndexes: done } : {}),
    ...(job.spec?.backoffLimitPerIndex === undefined ? {} : { failedIndexes: failed }),
  }
}

function hasEnded(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

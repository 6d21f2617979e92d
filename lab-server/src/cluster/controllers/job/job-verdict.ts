// Whether a Job is done, has failed, or goes on. Reasons and messages are upstream's.
import type { Job, Pod } from '../../objects/types.ts'
import { restartCount } from '../pod-state.ts'
import { completedIndexes, failedIndexes } from './job-indexes.ts'
import { isIndexed, outcomeOf } from './job-pods.ts'
import { policyVerdict } from './pod-failure-policy.ts'

/** How a Job ends. */
export interface Verdict {
  type: 'SuccessCriteriaMet' | 'FailureTarget'
  reason: string
  message: string
}

interface Facts {
  pods: Pod[]
  succeeded: number
  failed: number
  nowMs: number
}

/** How the Job ends, or undefined while it goes on. */
export function jobVerdict(job: Job, facts: Facts): Verdict | undefined {
  return failure(job, facts) ?? success(job, facts)
}

/** Milliseconds until the active deadline, if the Job has one and has started. */
export function deadlineInMs(job: Job, nowMs: number): number | undefined {
  const seconds = job.spec?.activeDeadlineSeconds
  const { startTime } = job.status ?? {}
  if (seconds === undefined || !startTime || job.spec?.suspend) return undefined
  return Math.max(0, Date.parse(startTime) + seconds * 1000 - nowMs)
}

function failure(job: Job, { pods, failed, nowMs }: Facts): Verdict | undefined {
  const fail = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message })
  for (const pod of pods) {
    const verdict = outcomeOf(job, pod) === 'failed' ? policyVerdict(job, pod) : undefined
    if (verdict?.action === 'FailJob') return fail('PodFailurePolicy', verdict.message)
  }
  const limit = job.spec?.backoffLimit ?? 6
  if (failed > limit || restartsExceed(job, pods, limit)) {
    return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  }
  if (deadlineInMs(job, nowMs) === 0) return fail('DeadlineExceeded', 'Job was active longer than specified deadline')

  const failedCount = failedIndexes(job, pods).size
  const { maxFailedIndexes, completions = 0 } = job.spec ?? {}
  if (maxFailedIndexes !== undefined && failedCount > maxFailedIndexes) {
    return fail('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
  }
  const isOver = failedCount > 0 && failedCount + completedIndexes(job, pods).size >= completions
  return isOver ? fail('FailedIndexes', 'Job has failed indexes') : undefined
}

function success(job: Job, { pods, succeeded }: Facts): Verdict | undefined {
  const met = (reason: string, message: string): Verdict => ({ type: 'SuccessCriteriaMet', reason, message })
  const rule = metSuccessRule(job, pods)
  if (rule !== undefined) return met('SuccessPolicy', `Matched rules at index ${rule}`)
  const { completions } = job.spec ?? {}
  const isActive = pods.some((pod) => outcomeOf(job, pod) === 'active')
  const done = isIndexed(job) ? completedIndexes(job, pods).size : succeeded
  // Without a number of completions one success is enough, once the other workers have ended by themselves.
  const isComplete = completions === undefined ? succeeded > 0 && !isActive : done >= completions
  return isComplete ? met('CompletionsReached', 'Reached expected number of succeeded pods') : undefined
}

function metSuccessRule(job: Job, pods: Pod[]): number | undefined {
  const done = completedIndexes(job, pods)
  const index = (job.spec?.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    const wanted = succeededIndexes === undefined ? undefined : expand(succeededIndexes)
    const met = wanted ? wanted.filter((one) => done.has(one)).length : done.size
    return met >= (succeededCount ?? wanted?.length ?? Number.POSITIVE_INFINITY)
  })
  return index < 0 ? undefined : index
}

function expand(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
  })
}

/** With restartPolicy OnFailure containers restart in place, and their restarts count instead of pods. */
function restartsExceed(job: Job, pods: Pod[], limit: number): boolean {
  if (job.spec?.template?.spec?.restartPolicy !== 'OnFailure') return false
  const restarts = pods
    .filter((pod) => outcomeOf(job, pod) === 'active')
    .reduce((sum, pod) => sum + restartCount(pod), 0)
  return limit === 0 ? restarts > 0 : restarts >= limit
}

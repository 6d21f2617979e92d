import type { Job, Pod } from '../../objects/types.ts'
import { finishedAtMs, outcomeOf } from './job-pods.ts'

const firstMs = 10_000
const longestMs = 600_000

/** Milliseconds until a Job may start pods again: 10 s after a failure, doubled by each further one in a row. */
export function backOffMs(job: Job, pods: Pod[], nowMs: number): number {
  const lastSuccess = Math.max(0, ...pods.filter((pod) => outcomeOf(job, pod) === 'succeeded').map(finishedAtMs))
  const failures = pods
    .filter((pod) => pod.status?.phase === 'Failed')
    .map(finishedAtMs)
    .filter((endMs) => endMs > lastSuccess)
  if (failures.length === 0) return 0
  const waitMs = Math.min(firstMs * 2 ** (failures.length - 1), longestMs)
  return Math.max(0, Math.max(...failures) + waitMs - nowMs)
}

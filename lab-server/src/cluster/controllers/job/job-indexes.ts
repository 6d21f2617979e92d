// Completion indexes: which are done, which failed for good, which come next; written as `0,2-4`.
import type { Job, Pod } from '../../objects/types.ts'
import { indexOf, outcomeOf } from './job-pods.ts'

/** Reads `0,2-4` as the numbers it stands for. */
export function parseIndexes(text: string | undefined): Set<number> {
  const indexes = new Set<number>()
  for (const part of (text ?? '').split(',').filter(Boolean)) {
    const [first = 0, last = first] = part.split('-').map(Number)
    for (let index = first; index <= last; index++) indexes.add(index)
  }
  return indexes
}

/** Writes indexes as upstream does: ranges of three and more, and pairs, joined by commas. */
export function formatIndexes(indexes: Set<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b)
  const parts: string[] = []
  for (let start = 0; start < sorted.length; ) {
    let end = start
    while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end++
    const [first, last] = [sorted[start], sorted[end]]
    parts.push(end === start ? `${first}` : end === start + 1 ? `${first},${last}` : `${first}-${last}`)
    start = end + 1
  }
  return parts.join(',')
}

/** The indexes that have succeeded so far. */
export function completedIndexes(job: Job, pods: Pod[]): Set<number> {
  const done = parseIndexes(job.status?.completedIndexes)
  for (const pod of pods) {
    const index = indexOf(pod)
    if (index !== undefined && outcomeOf(job, pod) === 'succeeded') done.add(index)
  }
  return done
}

/** The indexes that failed more often than each may, when the Job limits failures by index. */
export function failedIndexes(job: Job, pods: Pod[]): Set<number> {
  const failed = parseIndexes(job.status?.failedIndexes)
  const limit = job.spec?.backoffLimitPerIndex
  if (limit === undefined) return failed
  const counts = new Map<number, number>()
  for (const pod of pods) {
    const index = indexOf(pod)
    if (index === undefined || outcomeOf(job, pod) !== 'failed') continue
    counts.set(index, (counts.get(index) ?? 0) + 1)
  }
  for (const [index, count] of counts) if (count > limit) failed.add(index)
  return failed
}

/** The lowest indexes that nobody works on. */
export function nextIndexes(job: Job, pods: Pod[], count: number): number[] {
  const taken = new Set([...completedIndexes(job, pods), ...failedIndexes(job, pods)])
  for (const pod of pods) {
    const index = indexOf(pod)
    if (index !== undefined && outcomeOf(job, pod) === 'active') taken.add(index)
  }
  const free: number[] = []
  for (let index = 0; index < (job.spec?.completions ?? 0) && free.length < count; index++) {
    if (!taken.has(index)) free.push(index)
  }
  return free
}

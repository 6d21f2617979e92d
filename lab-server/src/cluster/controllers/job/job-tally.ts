// Counting ended pods exactly once: noted in the status first, then released by removing the finalizer, then counted.
import type { Job, Pod } from '../../objects/types.ts'
import { outcomeOf, trackingFinalizer } from './job-pods.ts'
import { policyVerdict } from './pod-failure-policy.ts'

/** Ended pods: counted for good, and noted but not yet released. */
export interface Tally {
  succeeded: number
  failed: number
  uncounted: { succeeded: string[]; failed: string[] }
}

/** The tally after these pods: new ends are noted, and those whose pod is released or gone are counted. */
export function nextTally(job: Job, pods: Pod[]): Tally {
  const tracked = new Map(pods.filter(isTracked).map((pod) => [pod.metadata.uid ?? '', pod]))
  const before = job.status?.uncountedTerminatedPods
  const tally: Tally = {
    succeeded: job.status?.succeeded ?? 0,
    failed: job.status?.failed ?? 0,
    uncounted: { succeeded: [], failed: [] },
  }
  for (const kind of ['succeeded', 'failed'] as const) {
    const noted = before?.[kind] ?? []
    tally.uncounted[kind] = noted.filter((uid) => tracked.has(uid))
    tally[kind] += noted.length - tally.uncounted[kind].length
  }
  const known = new Set([...tally.uncounted.succeeded, ...tally.uncounted.failed])
  for (const [uid, pod] of tracked) {
    const outcome = outcomeOf(job, pod)
    if (known.has(uid) || outcome === 'active' || outcome === 'terminating') continue
    if (outcome === 'failed' && policyVerdict(job, pod)?.action === 'Ignore') continue
    tally.uncounted[outcome].push(uid)
  }
  return tally
}

/** True while the pod's end is not counted. */
export function isTracked(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(trackingFinalizer) ?? false
}

/** Succeeded and failed pods, the noted ones included. */
export function totals({ succeeded, failed, uncounted }: Tally): { succeeded: number; failed: number } {
  return { succeeded: succeeded + uncounted.succeeded.length, failed: failed + uncounted.failed.length }
}

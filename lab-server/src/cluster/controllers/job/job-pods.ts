// What a Job knows of its pods: how they ended, and which index they carry.
import type { Job, Pod } from '../../objects/types.ts'

/** Keeps a finished pod until its end is counted. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'
/** Label and annotation of a pod of an indexed Job. */
export const indexKey = 'batch.kubernetes.io/job-completion-index'

/** True for a Job whose pods each have an index of their own. */
export function isIndexed(job: Job): boolean {
  return job.spec?.completionMode === 'Indexed'
}

/** The pod's completion index. */
export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[indexKey]
  return text === undefined ? undefined : Number(text)
}

/** How a pod counts: still at work, done, or failed. A pod being deleted has failed unless the Job waits for its end. */
export function outcomeOf(job: Job, pod: Pod): 'active' | 'succeeded' | 'failed' | 'terminating' {
  const phase = pod.status?.phase
  if (phase === 'Succeeded') return 'succeeded'
  if (phase === 'Failed') return 'failed'
  if (!pod.metadata.deletionTimestamp) return 'active'
  return job.spec?.podReplacementPolicy === 'Failed' || job.spec?.podFailurePolicy ? 'terminating' : 'failed'
}

/** When the pod ended, in milliseconds: its last container's end, else its deletion. */
export function finishedAtMs(pod: Pod): number {
  const ends = (pod.status?.containerStatuses ?? []).flatMap(({ state }) => state?.terminated?.finishedAt ?? [])
  const last = ends.sort().at(-1) ?? pod.metadata.deletionTimestamp ?? pod.metadata.creationTimestamp ?? ''
  return Date.parse(last) || 0
}

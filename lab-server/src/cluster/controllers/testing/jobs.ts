import type { Job } from '../../objects/types.ts'

/** A Job `work`, with the selector and labels that the server generates. */
export function makeJob(spec: Partial<NonNullable<Job['spec']>> = {}): Job {
  const labels = { 'batch.kubernetes.io/controller-uid': 'job-uid', 'batch.kubernetes.io/job-name': 'work' }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work', namespace: 'lab', uid: 'job-uid', labels },
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'job-uid' } },
      template: {
        metadata: { labels },
        spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'work:1' }] },
      },
      ...spec,
    },
  }
}

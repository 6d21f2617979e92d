import { defineController, keyOf } from '../runtime.ts'
import { isJobFinished, trueCondition } from './job-status.ts'

/** Deletes Jobs some time after they have ended, when they ask for it. */
export const ttlAfterFinishedController = defineController({
  kind: 'Job',
  async reconcile(job, { client, clock }) {
    const seconds = job.spec?.ttlSecondsAfterFinished
    if (seconds === undefined || !isJobFinished(job)) return undefined
    const end = trueCondition(job, 'Complete') ?? trueCondition(job, 'Failed')
    const leftMs = Date.parse(end?.lastTransitionTime ?? '') + seconds * 1000 - clock.now()
    if (leftMs > 0) return { requeueAfterMs: leftMs }
    const preconditions = job.metadata.uid ? { uid: job.metadata.uid } : {}
    await client.remove('Job', keyOf(job), { propagationPolicy: 'Foreground', preconditions })
    return undefined
  },
})

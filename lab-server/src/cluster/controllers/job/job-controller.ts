// Runs pods to their end, as many as a Job asks for and as often as it allows.
import { formatTime } from '../../clock.ts'
import type { Job, Pod } from '../../objects/types.ts'
import { claim, controllerOf } from '../ownership.ts'
import { createPod, removePod } from '../pod-control.ts'
import { isPodReady } from '../pod-state.ts'
import { slowStart } from '../replicaset/slow-start.ts'
import { type ControllerContext, defineController, keyOf } from '../runtime.ts'
import type { RunResult } from '../work-queue.ts'
import { indexedPod } from './indexed-pod.ts'
import { backOffMs } from './job-back-off.ts'
import { failedIndexes, nextIndexes } from './job-indexes.ts'
import { isIndexed, outcomeOf, trackingFinalizer } from './job-pods.ts'
import { endConditions, isJobFinished, jobStatus, setCondition, trueCondition } from './job-status.ts'
import { isTracked, nextTally, totals } from './job-tally.ts'
import { deadlineInMs, jobVerdict, type Verdict } from './job-verdict.ts'

const component = 'job-controller'

/** Runs the pods of Jobs. */
export const jobController = defineController({
  kind: 'Job',
  owns: ['Pod'],
  reconcile,
  cleanup: (job, context) => releaseOrphans(keyOf(job), context),
  removed: releaseOrphans,
})

async function reconcile(given: Job, context: ControllerContext): Promise<RunResult | undefined> {
  const { client, clock } = context
  if (isJobFinished(given)) return releaseOrphans(keyOf(given), context)
  const job = await start(given, context)
  let pods = await claim(client, 'Pod', job, job.spec?.selector ?? {})
  const tally = nextTally(job, pods)
  const verdict = announced(job) ?? jobVerdict(job, { pods, ...totals(tally), nowMs: clock.now() })

  const result = verdict ? await end(job, pods, context) : await manage(job, pods, context)
  pods = await claim(client, 'Pod', job, job.spec?.selector ?? {})
  return settle(job, pods, { verdict, result, context })
}

/** Writes what is known, releases the pods that are noted in it, and then counts them. */
async function settle(
  job: Job,
  pods: Pod[],
  {
    verdict,
    result,
    context,
  }: { verdict: Verdict | undefined; result: RunResult | undefined; context: ControllerContext },
): Promise<RunResult | undefined> {
  const { client, clock } = context
  const nowMs = clock.now()
  const isWaiting = pods.some((pod) => outcomeOf(job, pod) === 'active' || isStillRunning(pod))
  const conditions = verdict ? endConditions(job, verdict, false, nowMs) : (job.status?.conditions ?? [])
  const noted = await client.writeStatus(job, jobStatus(job, { pods, tally: nextTally(job, pods), conditions, nowMs }))

  const released = await Promise.all(pods.map((pod) => release(job, pod, context)))
  const counted = { pods: released, tally: nextTally(noted, released), nowMs }
  const isOver = verdict !== undefined && !isWaiting
  const final = verdict && isOver ? endConditions(noted, verdict, true, nowMs) : (noted.status?.conditions ?? [])
  await client.writeStatus(noted, jobStatus(noted, { ...counted, conditions: final }))
  if (verdict && isOver) announceEnd(job, verdict, context)
  return result
}

/** Deletes what still runs: the Job has its verdict. */
async function end(job: Job, pods: Pod[], { client }: ControllerContext): Promise<undefined> {
  for (const pod of pods.filter((one) => outcomeOf(job, one) === 'active')) {
    await removePod(client, { owner: job, pod, component })
  }
}

async function manage(job: Job, pods: Pod[], context: ControllerContext): Promise<RunResult | undefined> {
  const { client, clock } = context
  const active = pods.filter((pod) => outcomeOf(job, pod) === 'active')
  const wanted = job.spec?.suspend ? 0 : wantedActive(job, pods)
  const waitMs = deadlineInMs(job, clock.now())
  const requeue = waitMs === undefined ? undefined : { requeueAfterMs: waitMs }

  if (active.length > wanted) {
    const notReadyFirst = [...active].sort((a, b) => Number(isPodReady(a)) - Number(isPodReady(b)))
    for (const pod of notReadyFirst.slice(0, active.length - wanted))
      await removePod(client, { owner: job, pod, component })
    return requeue
  }
  const missing = wanted - active.length
  if (missing === 0) return requeue
  const backOff = backOffMs(job, pods, clock.now())
  if (backOff > 0) return { requeueAfterMs: Math.min(backOff, waitMs ?? backOff) }
  const { error } = await startPods(job, { pods, missing }, context)
  return error === undefined ? requeue : { backOff: true }
}

function startPods(job: Job, { pods, missing }: { pods: Pod[]; missing: number }, { client }: ControllerContext) {
  const indexes = isIndexed(job) ? nextIndexes(job, pods, missing) : []
  const count = isIndexed(job) ? indexes.length : missing
  return slowStart(count, () => {
    const index = indexes.shift()
    return createPod(client, {
      owner: job,
      template: job.spec?.template ?? {},
      component,
      adjust(pod) {
        pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []), trackingFinalizer]
        if (index !== undefined) indexedPod(job, pod, index)
      },
    })
  })
}

/** How many pods should be at work. */
function wantedActive(job: Job, pods: Pod[]): number {
  const { parallelism = 1, completions } = job.spec ?? {}
  const { succeeded } = totals(nextTally(job, pods))
  const terminating = pods.filter((pod) => outcomeOf(job, pod) === 'terminating').length
  if (completions === undefined) {
    const active = pods.filter((pod) => outcomeOf(job, pod) === 'active').length
    return succeeded > 0 ? active : parallelism
  }
  const left = completions - succeeded - failedIndexes(job, pods).size
  return Math.max(0, Math.min(left, parallelism) - terminating)
}

/** Sets the start time, and says when the Job is suspended or resumed. */
async function start(job: Job, { client, clock }: ControllerContext): Promise<Job> {
  const nowMs = clock.now()
  const isSuspended = trueCondition(job, 'Suspended') !== undefined
  const say = (reason: string, message: string) => client.report(job, { type: 'Normal', reason, message, component })
  if (job.spec?.suspend) {
    if (isSuspended) return job
    const condition = { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }
    const { startTime: _, ...status } = job.status ?? {}
    say('Suspended', 'Job suspended')
    return client.writeStatus(job, {
      ...status,
      conditions: setCondition(job.status?.conditions ?? [], condition, nowMs),
    })
  }
  if (isSuspended) {
    const condition = { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }
    say('Resumed', 'Job resumed')
    const conditions = setCondition(job.status?.conditions ?? [], condition, nowMs)
    return client.writeStatus(job, { ...job.status, conditions, startTime: formatTime(nowMs) })
  }
  if (job.status?.startTime) return job
  return client.writeStatus(job, { ...job.status, startTime: formatTime(nowMs) })
}

/** The verdict that an earlier run announced. */
function announced(job: Job): Verdict | undefined {
  for (const type of ['FailureTarget', 'SuccessCriteriaMet'] as const) {
    const condition = trueCondition(job, type)
    if (condition) return { type, reason: condition.reason ?? '', message: condition.message ?? '' }
  }
  return undefined
}

function announceEnd(job: Job, { type, reason, message }: Verdict, { client }: ControllerContext): void {
  if (type === 'FailureTarget') client.report(job, { type: 'Warning', reason, message, component })
  else client.report(job, { type: 'Normal', reason: 'Completed', message: 'Job completed', component })
}

function isStillRunning(pod: Pod): boolean {
  return (
    pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'
  )
}

/** Lets an ended pod go; returns it as it is then. */
async function release(job: Job, pod: Pod, { client }: ControllerContext): Promise<Pod> {
  const outcome = outcomeOf(job, pod)
  if (!isTracked(pod) || outcome === 'active' || outcome === 'terminating') return pod
  const left = (pod.metadata.finalizers ?? []).filter((finalizer) => finalizer !== trackingFinalizer)
  return client.patch('Pod', keyOf(pod), { metadata: { finalizers: left.length > 0 ? left : null } })
}

/** Pods of a Job that has ended or is gone need not wait to be counted. */
async function releaseOrphans(
  key: { namespace?: string; name: string },
  context: ControllerContext,
): Promise<undefined> {
  const { client } = context
  for (const pod of client.list('Pod', { namespace: key.namespace ?? '' })) {
    const owner = controllerOf(pod)
    if (!isTracked(pod) || owner?.kind !== 'Job' || owner.name !== key.name) continue
    const left = (pod.metadata.finalizers ?? []).filter((finalizer) => finalizer !== trackingFinalizer)
    await client.patch('Pod', keyOf(pod), { metadata: { finalizers: left.length > 0 ? left : null } })
  }
}

// Starts Jobs on a schedule.
import { isApiError } from '../../apiserver/errors.ts'
import { formatTime } from '../../clock.ts'
import { type CronSchedule, parseCron } from '../../objects/batch/cron-schedule.ts'
import type { CronJob, Job, ObjectReference } from '../../objects/types.ts'
import { controllerOf, controllerReference } from '../ownership.ts'
import { isNamespaceTerminating } from '../pod-control.ts'
import { type ControllerContext, defineController, keyOf } from '../runtime.ts'
import type { RunResult } from '../work-queue.ts'
import { isJobFinished, trueCondition } from './job-status.ts'
import { missedTimes, nextCronTime } from './next-cron-time.ts'

const component = 'cronjob-controller'

/** Starts a Job whenever a CronJob's schedule says so. */
export const cronJobController = defineController({
  kind: 'CronJob',
  owns: ['Job'],
  async reconcile(cronJob, context): Promise<RunResult | undefined> {
    const { client, clock } = context
    const jobs = client
      .list('Job', { namespace: cronJob.metadata.namespace ?? '' })
      .filter((job) => isOwned(job, cronJob))
    await cleanUpHistory(cronJob, jobs, context)
    const status = trackJobs(cronJob, jobs, context)
    if (cronJob.spec?.suspend) return finish(cronJob, status, context)

    const schedule = readSchedule(cronJob, context)
    if (!schedule) return finish(cronJob, status, context)
    const result = await startIfDue(cronJob, { schedule, status }, context)
    await finish(cronJob, result, context)
    const nextMs = nextCronTime(schedule, clock.now(), cronJob.spec?.timeZone)
    return nextMs === undefined ? undefined : { requeueAfterMs: nextMs - clock.now() }
  },
})

interface CronStatus {
  active: ObjectReference[]
  lastScheduleTime?: string
  lastSuccessfulTime?: string
}

interface Due {
  schedule: CronSchedule
  status: CronStatus
}

async function startIfDue(
  cronJob: CronJob,
  { schedule, status }: Due,
  context: ControllerContext,
): Promise<CronStatus> {
  const { client, clock } = context
  const report = reporter(cronJob, context)
  const dueMs = latestDue(cronJob, { schedule, status }, context)
  if (dueMs === undefined) return status
  const { startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec ?? {}
  if (startingDeadlineSeconds !== undefined && dueMs + startingDeadlineSeconds * 1000 < clock.now()) {
    const text = `Missed scheduled time to start a job: ${new Date(dueMs).toUTCString().replace('GMT', '+0000')}`
    if (context.news.isNew(cronJob, text, { topic: text })) report('Warning', 'MissSchedule', text)
    return status
  }
  if (concurrencyPolicy === 'Forbid' && status.active.length > 0) {
    const text = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    if (context.news.isNew(cronJob, `${dueMs}`, { topic: 'active' })) report('Normal', 'JobAlreadyActive', text)
    return status
  }
  let { active } = status
  if (concurrencyPolicy === 'Replace') {
    for (const { name = '' } of active) {
      await client.remove(
        'Job',
        { namespace: cronJob.metadata.namespace ?? '', name },
        { propagationPolicy: 'Background' },
      )
      report('Normal', 'SuccessfulDelete', `Deleted job ${name}`)
    }
    active = []
  }
  const job = await createJob(cronJob, dueMs, context)
  if (!job) return { ...status, active }
  return { ...status, active: [...active, referenceTo(job)], lastScheduleTime: formatTime(dueMs) }
}

/** The last time that is due and was not served yet. */
function latestDue(cronJob: CronJob, { schedule, status }: Due, context: ControllerContext): number | undefined {
  const nowMs = context.clock.now()
  const { startingDeadlineSeconds, timeZone } = cronJob.spec ?? {}
  const sinceMs = Date.parse(status.lastScheduleTime ?? cronJob.metadata.creationTimestamp ?? '')
  const earliestMs = startingDeadlineSeconds === undefined ? sinceMs : nowMs - startingDeadlineSeconds * 1000
  const afterMs = Math.max(sinceMs, Math.min(earliestMs, nowMs))
  const { lastMs, count } = missedTimes(schedule, { afterMs, nowMs, timeZone })
  if (count > 100 && context.news.isNew(cronJob, 'many', { topic: 'missed' })) {
    const text = `too many missed start times: ${count}. Set or decrease .spec.startingDeadlineSeconds or check clock skew`
    reporter(cronJob, context)('Warning', 'TooManyMissedTimes', text)
  }
  return lastMs
}

async function createJob(cronJob: CronJob, dueMs: number, context: ControllerContext): Promise<Job | undefined> {
  const { client } = context
  const report = reporter(cronJob, context)
  const wanted = planJob(cronJob, dueMs)
  try {
    const job = await client.create(wanted)
    report('Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`)
    return job
  } catch (error) {
    if (isNamespaceTerminating(error)) return undefined
    if (isApiError(error, 'AlreadyExists')) {
      const job = client.find('Job', keyOf(wanted))
      return job && isOwned(job, cronJob) ? job : undefined
    }
    report('Warning', 'FailedCreate', `Error creating job: ${error instanceof Error ? error.message : String(error)}`)
    throw error
  }
}

/** The Job for one due time: its name is the time in minutes, so that it is created once. */
export function planJob(cronJob: CronJob, dueMs: number): Job {
  const { metadata, spec } = cronJob.spec?.jobTemplate ?? {}
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${cronJob.metadata.name}-${Math.floor(dueMs / 60_000)}`,
      namespace: cronJob.metadata.namespace ?? '',
      ...(metadata?.labels ? { labels: metadata.labels } : {}),
      annotations: { ...metadata?.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': formatTime(dueMs) },
      ownerReferences: [controllerReference(cronJob)],
    },
    ...(spec ? { spec } : {}),
  }
}

/** The status after looking at the Jobs: ended ones leave the list of active ones, with an Event each. */
function trackJobs(cronJob: CronJob, jobs: Job[], context: ControllerContext): CronStatus {
  const report = reporter(cronJob, context)
  const { lastScheduleTime, lastSuccessfulTime } = cronJob.status ?? {}
  const listed = new Map((cronJob.status?.active ?? []).map((reference) => [reference.uid, reference]))
  const status: CronStatus = {
    active: [],
    ...(lastScheduleTime ? { lastScheduleTime } : {}),
    ...(lastSuccessfulTime ? { lastSuccessfulTime } : {}),
  }
  for (const job of jobs) {
    const reference = listed.get(job.metadata.uid)
    listed.delete(job.metadata.uid)
    const { completionTime } = job.status ?? {}
    if (completionTime && completionTime > (status.lastSuccessfulTime ?? '')) status.lastSuccessfulTime = completionTime
    if (!isJobFinished(job)) {
      const isForeign = !reference && !job.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']
      const text = `Saw a job that the controller did not create or forgot: ${job.metadata.name}`
      if (isForeign) {
        if (context.news.isNew(cronJob, text, { topic: text })) report('Warning', 'UnexpectedJob', text)
      } else status.active.push(reference ?? referenceTo(job))
    } else if (reference) {
      const how = trueCondition(job, 'Complete') ? 'Complete' : 'Failed'
      report('Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${how}`)
    }
  }
  for (const { name } of listed.values()) report('Normal', 'MissingJob', `Active job went missing: ${name}`)
  return status
}

async function cleanUpHistory(cronJob: CronJob, jobs: Job[], context: ControllerContext): Promise<void> {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec ?? {}
  for (const [type, limit] of [
    ['Complete', successfulJobsHistoryLimit],
    ['Failed', failedJobsHistoryLimit],
  ] as const) {
    if (limit === undefined) continue
    const ended = jobs
      .filter((job) => trueCondition(job, type) && !job.metadata.deletionTimestamp)
      .sort((a, b) => (a.status?.startTime ?? '').localeCompare(b.status?.startTime ?? ''))
    for (const job of ended.slice(0, Math.max(0, ended.length - limit))) {
      await context.client.remove('Job', keyOf(job), { propagationPolicy: 'Background' })
      reporter(cronJob, context)('Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`)
    }
  }
}

function readSchedule(cronJob: CronJob, context: ControllerContext): CronSchedule | undefined {
  const { schedule = '' } = cronJob.spec ?? {}
  try {
    return parseCron(schedule)
  } catch (error) {
    const text = `unparseable schedule: "${schedule}" : ${error instanceof Error ? error.message : String(error)}`
    if (context.news.isNew(cronJob, text, { topic: text }))
      reporter(cronJob, context)('Warning', 'UnparseableSchedule', text)
    return undefined
  }
}

async function finish(cronJob: CronJob, status: CronStatus, { client }: ControllerContext): Promise<undefined> {
  const { active, ...times } = status
  await client.writeStatus(cronJob, { ...(active.length > 0 ? { active } : {}), ...times })
}

function reporter(cronJob: CronJob, { client }: ControllerContext) {
  return (type: 'Normal' | 'Warning', reason: string, message: string) =>
    client.report(cronJob, { type, reason, message, component })
}

function referenceTo({ apiVersion, kind, metadata }: Job): ObjectReference {
  const { name, namespace, uid, resourceVersion } = metadata
  return {
    apiVersion,
    kind,
    ...(name ? { name } : {}),
    ...(namespace ? { namespace } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(uid ? { uid } : {}),
  }
}

function isOwned(job: Job, cronJob: CronJob): boolean {
  return controllerOf(job)?.uid === cronJob.metadata.uid
}

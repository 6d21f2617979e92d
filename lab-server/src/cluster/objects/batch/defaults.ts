// What an API server fills into Jobs and CronJobs.
import { applyTemplateDefaults } from '../pod-spec/pod-defaults.ts'
import type { CronJob, Job } from '../types.ts'

/** Fills in the defaults of a Job; a new one gets a selector of its own, made from its uid. */
export function applyJobDefaults(job: Job, old?: Job): void {
  const { spec } = job
  job.status ??= {}
  if (!spec) return
  applyTemplateDefaults(spec.template)
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647
  spec.completionMode ||= 'NonIndexed'
  spec.suspend ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True'
  }
  if (!old && !spec.manualSelector && job.metadata.uid) makeSelector(job, job.metadata.uid)
  // As upstream: a Job without labels of its own carries its pods'.
  if (!old && !Object.keys(job.metadata.labels ?? {}).length && spec.template?.metadata?.labels) {
    job.metadata.labels = { ...spec.template.metadata.labels }
  }
}

/** Fills in the defaults of a CronJob. The Job inside gets its own when it is created. */
export function applyCronJobDefaults(cronJob: CronJob): void {
  const { spec } = cronJob
  cronJob.status ??= {}
  if (!spec) return
  applyTemplateDefaults(spec.jobTemplate?.spec?.template)
  spec.concurrencyPolicy ||= 'Allow'
  spec.suspend ??= false
  spec.successfulJobsHistoryLimit ??= 3
  spec.failedJobsHistoryLimit ??= 1
}

/** What is there already stays; whether it fits is looked at when the Job is checked. */
function makeSelector({ metadata, spec }: Job, uid: string): void {
  if (!spec?.template) return
  const { name = '' } = metadata
  spec.template.metadata ??= {}
  spec.template.metadata.labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
    ...spec.template.metadata.labels,
  }
  const matchLabels = { 'batch.kubernetes.io/controller-uid': uid, ...spec.selector?.matchLabels }
  spec.selector = { ...spec.selector, matchLabels }
}

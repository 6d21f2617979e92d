// Rules for Jobs and CronJobs.
import type { FieldError } from '../kind-definition.ts'
import { templateErrors } from '../pod-spec/pod-spec-validation.ts'
import { matchesLabelSelector } from '../selectors.ts'
import type { CronJob, Job } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { immutable, invalid, notSupported, required } from '../validation/errors.ts'
import { internalTemplate } from '../validation/internal-form.ts'
import { nonNegative } from '../validation/numbers.ts'
import { parseCron } from './cron-schedule.ts'

type JobSpec = NonNullable<Job['spec']>

const concurrencyPolicies = ['Allow', 'Forbid', 'Replace']

/** Rules for a Job. */
export function jobErrors({ spec }: Job): FieldError[] {
  if (!spec) return [required('spec.template')]
  const errors = jobSpecErrors('spec', spec)
  const labels = spec.template?.metadata?.labels
  if (!spec.selector) errors.push(required('spec.selector'))
  else if (!matchesLabelSelector(spec.selector, labels)) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'))
  }
  return errors
}

/** What of a Job never changes. */
export function jobChange({ spec }: Job, old: Job): FieldError[] {
  if (!spec || !old.spec) return []
  const errors: FieldError[] = []
  const isIndexed = spec.completionMode === 'Indexed'
  const isElastic = isIndexed && spec.completions === spec.parallelism
  if (!isElastic && spec.completions !== old.spec.completions) {
    errors.push(immutable('spec.completions', spec.completions))
  }
  if (!semanticallyEqual(spec.selector, old.spec.selector)) errors.push(immutable('spec.selector', spec.selector))
  if (!semanticallyEqual(fixedTemplate(spec, old), old.spec.template)) {
    errors.push(immutable('spec.template', internalTemplate(spec.template)))
  }
  for (const field of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy'] as const) {
    if (!semanticallyEqual(spec[field], old.spec[field])) errors.push(immutable(`spec.${field}`, spec[field]))
  }
  return errors
}

/** Rules for a CronJob. */
export function cronJobErrors({ metadata, spec }: CronJob): FieldError[] {
  const errors: FieldError[] = []
  // The Jobs made of it get eleven characters more.
  if ((metadata.name?.length ?? 0) > 52) {
    errors.push(invalid('metadata.name', metadata.name, 'must be no more than 52 characters'))
  }
  if (!spec) return [...errors, required('spec.schedule')]
  if (!spec.schedule) errors.push(required('spec.schedule'))
  else errors.push(...scheduleErrors(spec.schedule))
  const { timeZone, startingDeadlineSeconds, concurrencyPolicy, jobTemplate } = spec
  if (timeZone !== undefined && timeZone !== null) errors.push(...timeZoneErrors(timeZone))
  errors.push(...nonNegative('spec.startingDeadlineSeconds', startingDeadlineSeconds))
  if (!concurrencyPolicy) errors.push(required('spec.concurrencyPolicy'))
  else if (!concurrencyPolicies.includes(concurrencyPolicy)) {
    errors.push(notSupported('spec.concurrencyPolicy', concurrencyPolicy, concurrencyPolicies))
  }
  errors.push(...jobSpecErrors('spec.jobTemplate.spec', jobTemplate?.spec))
  errors.push(...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit))
  return [...errors, ...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit)]
}

function jobSpecErrors(field: string, spec: JobSpec | undefined): FieldError[] {
  if (!spec) return templateErrors(`${field}.template`, undefined)
  const errors = [
    ...nonNegative(`${field}.parallelism`, spec.parallelism),
    ...nonNegative(`${field}.completions`, spec.completions),
    ...nonNegative(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds),
    ...nonNegative(`${field}.backoffLimit`, spec.backoffLimit),
    ...nonNegative(`${field}.ttlSecondsAfterFinished`, spec.ttlSecondsAfterFinished),
  ]
  const modes = ['NonIndexed', 'Indexed']
  if (spec.completionMode && !modes.includes(spec.completionMode)) {
    errors.push(notSupported(`${field}.completionMode`, spec.completionMode, modes))
  }
  if (spec.completionMode === 'Indexed' && (spec.completions === undefined || spec.completions === null)) {
    errors.push(required(`${field}.completions`, 'when completion mode is Indexed'))
  }
  errors.push(...templateErrors(`${field}.template`, spec.template))
  const policy = spec.template?.spec?.restartPolicy
  const at = `${field}.template.spec.restartPolicy`
  if (policy === 'Always') errors.push(required(at, 'valid values: "OnFailure", "Never"'))
  else if (policy && policy !== 'OnFailure' && policy !== 'Never') {
    errors.push(notSupported(at, policy, ['OnFailure', 'Never']))
  }
  return errors
}

/** A Job that is suspended and has not started may still be told where to run. */
function fixedTemplate(spec: JobSpec, old: Job): JobSpec['template'] {
  const mayMove = old.spec?.suspend && !old.status?.startTime
  const before = old.spec?.template
  if (!mayMove || !spec.template.spec || !before?.spec) return spec.template
  const { nodeSelector, affinity, tolerations, schedulingGates } = before.spec
  return {
    metadata: { ...spec.template.metadata, labels: before.metadata?.labels, annotations: before.metadata?.annotations },
    spec: { ...spec.template.spec, nodeSelector, affinity, tolerations, schedulingGates },
  }
}

function scheduleErrors(schedule: string): FieldError[] {
  const errors: FieldError[] = []
  try {
    parseCron(schedule)
  } catch (error) {
    errors.push(invalid('spec.schedule', schedule, error instanceof Error ? error.message : String(error)))
  }
  if (/TZ=/.test(schedule)) {
    const rule = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
    errors.push(invalid('spec.schedule', schedule, rule))
  }
  return errors
}

function timeZoneErrors(timeZone: string): FieldError[] {
  if (timeZone === '') return [invalid('spec.timeZone', timeZone, 'timeZone must be nil or non-empty string')]
  if (timeZone.toLowerCase() === 'local') {
    return [
      invalid(
        'spec.timeZone',
        timeZone,
        'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ),
    ]
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return []
  } catch {
    return [invalid('spec.timeZone', timeZone, `unknown time zone ${timeZone}`)]
  }
}

// Rules for CronJobs.
import type { FieldError } from '../kind-definition.ts'
import type { CronJob } from '../types.ts'
import { invalid, notSupported, required } from '../validation/errors.ts'
import { nonNegative } from '../validation/numbers.ts'
import { parseCron } from './cron-schedule.ts'
import { jobSpecErrors } from './job-validation.ts'

const concurrencyPolicies = ['Allow', 'Forbid', 'Replace']

/** Rules for a CronJob. */
export function cronJobErrors({ metadata, spec }: CronJob, old?: CronJob): FieldError[] {
  if (!spec) return [required('spec.schedule')]
  const { schedule, timeZone, concurrencyPolicy, jobTemplate } = spec
  const mayNameZone = old?.spec?.schedule?.includes('TZ') ?? false
  const errors = schedule ? scheduleErrors(schedule, { mayNameZone, timeZone }) : [required('spec.schedule')]
  errors.push(...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds))
  if (timeZone !== undefined && timeZone !== null && timeZone !== old?.spec?.timeZone) {
    errors.push(...timeZoneErrors(timeZone))
  }
  if (!concurrencyPolicy) errors.push(required('spec.concurrencyPolicy'))
  else if (!concurrencyPolicies.includes(concurrencyPolicy)) {
    errors.push(notSupported('spec.concurrencyPolicy', concurrencyPolicy, concurrencyPolicies))
  }
  errors.push(...jobSpecErrors('spec.jobTemplate.spec', jobTemplate?.spec), ...selectorErrors(jobTemplate))
  errors.push(...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit))
  errors.push(...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit))
  // The Jobs made of it get eleven characters more.
  if (!old && (metadata.name?.length ?? 0) > 52) {
    errors.push(invalid('metadata.name', metadata.name, 'must be no more than 52 bytes'))
  }
  return errors
}

function selectorErrors(template: NonNullable<CronJob['spec']>['jobTemplate'] | undefined): FieldError[] {
  const field = 'spec.jobTemplate.spec'
  const { selector, manualSelector } = template?.spec ?? {}
  const errors = selector ? [invalid(`${field}.selector`, selector, '`selector` will be auto-generated')] : []
  if (!manualSelector) return errors
  return [...errors, notSupported(`${field}.manualSelector`, true, ['nil', 'false'])]
}

function scheduleErrors(
  schedule: string,
  { mayNameZone, timeZone }: { mayNameZone: boolean; timeZone?: string },
): FieldError[] {
  const errors: FieldError[] = []
  try {
    parseCron(schedule.replace(/^(CRON_)?TZ=\S+ /, ''))
  } catch (error) {
    errors.push(invalid('spec.schedule', schedule, error instanceof Error ? error.message : String(error)))
  }
  if (!schedule.includes('TZ')) return errors
  if (!mayNameZone) {
    const rule = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
    errors.push(invalid('spec.schedule', schedule, rule))
  } else if (timeZone !== undefined) {
    errors.push(invalid('spec.schedule', schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'))
  }
  return errors
}

function timeZoneErrors(timeZone: string): FieldError[] {
  const field = 'spec.timeZone'
  if (timeZone === '') return [invalid(field, timeZone, 'timeZone must be nil or non-empty string')]
  const unknown = invalid(field, timeZone, `unknown time zone ${timeZone}`)
  const isName = (part: string) => /^[A-Za-z._0-9+][A-Za-z.\-_0-9+]{0,13}$/.test(part) && part !== '.' && part !== '..'
  if (!timeZone.split('/').every(isName)) return [unknown]
  const rule = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
  if (timeZone.toLowerCase() === 'local') {
    return timeZone === 'Local' ? [invalid(field, timeZone, rule)] : [invalid(field, timeZone, rule), unknown]
  }
  return isTimeZone(timeZone) ? [] : [unknown]
}

/** Node takes a zone in any case, and an offset for one; the files that upstream looks into do not. */
function isTimeZone(name: string): boolean {
  if (/^[+-]/.test(name)) return false
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
    return known === name || known.toLowerCase() !== name.toLowerCase()
  } catch {
    return false
  }
}

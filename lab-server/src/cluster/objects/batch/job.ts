import { ageColumn, nameColumn, plain, wide } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age, humanDuration } from '../human-duration.ts'
import { workloadWarnings } from '../pod-spec/pod-warnings.ts'
import type { Job } from '../types.ts'
import { templateAndSelectorCells, templateColumns } from '../workload-cells.ts'
import { applyJobDefaults } from './defaults.ts'
import { jobChange, jobErrors } from './job-validation.ts'

/** Pods that run until enough of them have succeeded. */
export const job = defineKind<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  subresources: { status: true },
  hasGeneration: true,
  applyDefaults: applyJobDefaults,
  validate: jobErrors,
  validateUpdate: jobChange,
  warnings: (object, old) => workloadWarnings(object, old, { field: 'spec.template', value: object.spec?.template }),
  columns: [
    nameColumn,
    plain('Status'),
    plain('Completions'),
    plain('Duration'),
    ageColumn,
    ...templateColumns,
    wide('Selector'),
  ],
  cells: (job, { nowMs }) => [
    job.metadata.name,
    jobStatus(job),
    completions(job),
    duration(job, nowMs),
    age(job.metadata.creationTimestamp, nowMs),
    ...templateAndSelectorCells(job.spec),
  ],
  selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
})

function jobStatus({ metadata, status }: Job): string {
  const has = (wanted: string) => status?.conditions?.some(({ type, status }) => type === wanted && status === 'True')
  if (has('Complete')) return 'Complete'
  if (has('Failed')) return 'Failed'
  if (metadata.deletionTimestamp) return 'Terminating'
  for (const reason of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']) if (has(reason)) return reason
  return 'Running'
}

function completions({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0
  if (spec?.completions !== undefined && spec.completions !== null) return `${succeeded}/${spec.completions}`
  const parallelism = spec?.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function duration({ status }: Job, nowMs: number): string {
  if (!status?.startTime) return ''
  const endMs = status.completionTime ? Date.parse(status.completionTime) : nowMs
  return humanDuration(endMs - Date.parse(status.startTime))
}

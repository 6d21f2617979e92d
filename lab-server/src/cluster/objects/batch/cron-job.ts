import { ageColumn, nameColumn, plain, wide } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import { workloadWarnings } from '../pod-spec/pod-warnings.ts'
import { formatLabelSelector } from '../selectors.ts'
import type { CronJob } from '../types.ts'
import { templateCells, templateColumns } from '../workload-cells.ts'
import { cronJobErrors } from './cron-job-validation.ts'
import { applyCronJobDefaults } from './defaults.ts'

/** A Job on a schedule. */
export const cronJob = defineKind<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  subresources: { status: true },
  hasGeneration: true,
  applyDefaults: applyCronJobDefaults,
  validate: cronJobErrors,
  warnings(object, old) {
    const value = object.spec?.jobTemplate?.spec?.template
    return workloadWarnings(object, old, { field: 'spec.jobTemplate.spec.template', value })
  },
  columns: [
    nameColumn,
    plain('Schedule'),
    plain('Timezone'),
    plain('Suspend', 'boolean'),
    plain('Active', 'integer'),
    plain('Last Schedule'),
    ageColumn,
    ...templateColumns,
    wide('Selector'),
  ],
  cells: ({ metadata, spec, status }, { nowMs }) => [
    metadata.name,
    spec?.schedule,
    spec?.timeZone ?? '<none>',
    suspended(spec?.suspend),
    status?.active?.length ?? 0,
    status?.lastScheduleTime ? age(status.lastScheduleTime, nowMs) : '<none>',
    age(metadata.creationTimestamp, nowMs),
    ...templateCells(spec?.jobTemplate.spec?.template),
    formatLabelSelector(spec?.jobTemplate.spec?.selector),
  ],
})

function suspended(suspend: boolean | null | undefined): string {
  if (suspend === undefined || suspend === null) return '<unset>'
  return suspend ? 'True' : 'False'
}

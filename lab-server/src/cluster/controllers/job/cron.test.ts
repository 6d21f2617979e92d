import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseCron } from '../../objects/batch/cron-schedule.ts'
import type { CronJob } from '../../objects/types.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { makeJob } from '../testing/jobs.ts'
import { cronJobController } from './cron-job-controller.ts'
import { nextCronTime } from './next-cron-time.ts'

const next = (schedule: string, after: string, timeZone?: string) => {
  const timeMs = nextCronTime(parseCron(schedule), Date.parse(after), timeZone)
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString().slice(0, 16)
}

describe('a schedule', () => {
  it.each([
    ['* * * * *', '2026-01-01T00:00:30Z', '2026-01-01T00:01'],
    ['*/15 * * * *', '2026-01-01T00:15:00Z', '2026-01-01T00:30'],
    ['0 3 * * *', '2026-01-01T03:00:00Z', '2026-01-02T03:00'],
    ['30 4 1,15 * *', '2026-01-02T00:00:00Z', '2026-01-15T04:30'],
    ['0 9 * * mon-fri', '2026-01-02T09:00:00Z', '2026-01-05T09:00'],
    ['0 0 13 * 5', '2026-01-01T00:00:00Z', '2026-01-02T00:00'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00'],
    ['5-10/2 0 * * *', '2026-01-01T00:06:00Z', '2026-01-01T00:07'],
    ['@hourly', '2026-01-01T00:00:00Z', '2026-01-01T01:00'],
    ['@daily', '2026-01-01T12:00:00Z', '2026-01-02T00:00'],
    ['@weekly', '2026-01-01T12:00:00Z', '2026-01-04T00:00'],
    ['@monthly', '2026-01-01T12:00:00Z', '2026-02-01T00:00'],
    ['@yearly', '2026-01-01T12:00:00Z', '2027-01-01T00:00'],
    ['0 0 31 2 *', '2026-01-01T00:00:00Z', undefined],
  ])('%s after %s is due at %s', (schedule, after, due) => {
    expect(next(schedule, after)).toBe(due)
  })

  it('is read on the clock of its time zone', () => {
    expect(next('0 9 * * *', '2026-01-01T00:00:00Z', 'Asia/Tokyo')).toBe('2026-01-02T00:00')
    expect(next('30 9 * * *', '2026-07-01T00:00:00Z', 'Europe/Berlin')).toBe('2026-07-01T07:30')
  })

  it.each([
    ['61 * * * *', 'end of range (61) above maximum (59): 61'],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['@often', 'unrecognized descriptor: @often'],
  ])('%s is refused: %s', (schedule, message) => {
    expect(() => parseCron(schedule)).toThrow(message)
  })
})

describe('a CronJob', () => {
  const key = { namespace: 'lab', name: 'every' }
  const put = (spec: Partial<NonNullable<CronJob['spec']>> = {}) =>
    lab.client.put({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'every', namespace: 'lab' },
      spec: {
        schedule: '* * * * *',
        concurrencyPolicy: 'Allow',
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
        jobTemplate: { spec: makeJob().spec },
        ...spec,
      },
    })
  const jobs = () => lab.client.list('Job').map(({ metadata }) => metadata.name)
  const complete = () => {
    for (const { metadata, status } of lab.client.list('Job')) {
      if (status?.conditions) continue
      lab.client.change('Job', { namespace: 'lab', name: metadata.name ?? '' }, (job) => {
        const completionTime = new Date(lab.clock.now()).toISOString()
        job.status = { completionTime, startTime: completionTime, conditions: [{ type: 'Complete', status: 'True' }] }
      })
    }
  }
  const reasons = () => lab.client.events.map(({ reason }) => reason)
  let lab: Harness
  beforeEach(() => {
    lab = startHarness([cronJobController])
  })
  afterEach(() => lab.stop())

  it('starts a Job each time it is due, named after the minute', async () => {
    put()
    await lab.clock.advance(125_000)
    const minute = Date.UTC(2026, 0, 1) / 60_000
    expect(jobs()).toEqual([`every-${minute + 1}`, `every-${minute + 2}`])
    expect(lab.client.get('CronJob', key).status).toMatchObject({
      lastScheduleTime: '2026-01-01T00:02:00Z',
      active: [{ name: `every-${minute + 1}` }, { name: `every-${minute + 2}` }],
    })
    expect(lab.client.events[0]).toMatchObject({
      reason: 'SuccessfulCreate',
      message: `Created job every-${minute + 1}`,
    })
  })

  it('keeps the last three successful Jobs', async () => {
    put()
    for (let minute = 0; minute < 5; minute++) {
      await lab.clock.advance(60_000)
      complete()
    }
    await lab.clock.advance(1000)
    expect(jobs()).toHaveLength(3)
    expect(reasons()).toContain('SawCompletedJob')
    expect(lab.client.get('CronJob', key).status?.active).toBeUndefined()
    expect(lab.client.get('CronJob', key).status?.lastSuccessfulTime).toMatch('2026-01-01T00:05:00')
  })

  it('does not start a second Job beside a running one when that is forbidden', async () => {
    put({ concurrencyPolicy: 'Forbid' })
    await lab.clock.advance(125_000)
    expect(jobs()).toHaveLength(1)
    expect(reasons()).toContain('JobAlreadyActive')
    complete()
    await lab.clock.advance(1000)
    expect(jobs()).toHaveLength(2)
  })

  it('replaces a running Job when told to', async () => {
    put({ concurrencyPolicy: 'Replace' })
    await lab.clock.advance(125_000)
    expect(jobs()).toEqual([`every-${Date.UTC(2026, 0, 1) / 60_000 + 2}`])
  })

  it('starts nothing while suspended, and warns of a Job that is not its own', async () => {
    put({ suspend: true })
    const { uid = '' } = lab.client.get('CronJob', key).metadata
    const owner = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      name: 'every',
      uid,
      controller: true,
    }
    lab.client.put({ ...makeJob(), metadata: { name: 'manual', namespace: 'lab', ownerReferences: [owner] } })
    await lab.clock.advance(125_000)
    expect(jobs()).toEqual(['manual'])
    expect(lab.client.events).toMatchObject([
      {
        type: 'Warning',
        reason: 'UnexpectedJob',
        message: 'Saw a job that the controller did not create or forgot: manual',
      },
    ])
  })
})

import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EventReport } from '../client.ts'
import type { KubeObject } from '../objects/types.ts'
import { makeVirtualClock, type VirtualClock } from '../virtual-clock.ts'
import { nextInSeries } from './event-series.ts'
import { pod, startTestServer, type TestServer } from './testing/test-server.ts'

let clock: VirtualClock
let server: TestServer
let subject: KubeObject
beforeEach(async () => {
  clock = makeVirtualClock(Date.UTC(2026, 10, 23, 3))
  server = await startTestServer({ clock })
  subject = await server.client.create(pod('web'))
})
afterEach(() => server.stop())

// biome-ignore lint/suspicious/noExplicitAny: events are compared field by field
type AnyEvent = any

async function events(): Promise<AnyEvent[]> {
  // Writes are queued: they happen in the turns that come.
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  return server.client.list('Event', { namespace: 'test' })
}

const scheduled: EventReport = {
  type: 'Normal',
  reason: 'Scheduled',
  message: 'Successfully assigned test/web to node-1',
  component: 'default-scheduler',
  action: 'Binding',
}
const started: EventReport = {
  type: 'Normal',
  reason: 'Started',
  message: 'Container started',
  component: 'kubelet',
  host: 'node-1',
  fieldPath: 'spec.containers{web}',
}
const created: EventReport = {
  type: 'Normal',
  reason: 'SuccessfulCreate',
  message: 'Created pod: web-1',
  component: 'replicaset-controller',
}

/** What a real cluster's Events of a component have: fields, without the values that differ. */
function shape(event: AnyEvent) {
  const { involvedObject, metadata, message, eventTime, firstTimestamp, lastTimestamp, ...rest } = event
  const times = [eventTime, firstTimestamp, lastTimestamp].map((time) =>
    typeof time === 'string' ? time.replace(/\d/g, '0') : time,
  )
  return { ...rest, times, about: Object.keys(involvedObject).filter((field) => field !== 'fieldPath') }
}

describe('events', () => {
  const recorded = JSON.parse(
    readFileSync(new URL('./testing/recorded-events.json', import.meta.url), 'utf8'),
  ) as AnyEvent[]

  it.each([scheduled, started, created])('of $component look as on a real cluster', async (report) => {
    server.client.report(subject, report)
    const [event] = await events()
    const real = recorded.find(({ reportingComponent }) => reportingComponent === report.component)
    const expected = shape(real)
    if (report.action) expected.reportingInstance = 'default-scheduler-node-1'
    expected.reason = report.reason
    expect({ ...shape(event), about: shape(event).about.sort() }).toEqual({
      ...expected,
      about: expected.about.sort(),
    })
  })

  it('count repeats of a kubelet in the first one', async () => {
    server.client.report(subject, started)
    await clock.advance(10_000)
    server.client.report(subject, started)
    const [event, ...others] = await events()
    expect(others).toEqual([])
    expect(event).toMatchObject({
      count: 2,
      firstTimestamp: '2026-11-23T03:00:00Z',
      lastTimestamp: '2026-11-23T03:00:10Z',
    })
  })

  it('make a series of repeats of the scheduler', async () => {
    server.client.report(subject, scheduled)
    await clock.advance(300_000)
    server.client.report(subject, scheduled)
    const [event, ...others] = await events()
    expect(others).toEqual([])
    expect(event.count).toBeUndefined()
    expect(event.series).toEqual({ count: 2, lastObservedTime: '2026-11-23T03:05:00.000000Z' })
    expect(event.eventTime).toBe('2026-11-23T03:00:00.000000Z')
  })
})

describe('a series', () => {
  const once = { name: 'a', count: 1, seenMs: 0, writtenMs: 0 }

  it('begins with an event, and again after six quiet minutes', () => {
    expect(nextInSeries(undefined, 0)).toEqual({ write: 'event' })
    expect(nextInSeries({ ...once, count: 7 }, 360_001)).toEqual({ write: 'event' })
  })

  it('is written at the first repeat, then counted, and written again after half an hour', () => {
    expect(nextInSeries(once, 1)).toMatchObject({ write: 'series', observed: { count: 2, writtenMs: 1 } })
    const twice = { ...once, count: 2, seenMs: 1, writtenMs: 1 }
    expect(nextInSeries(twice, 2)).toMatchObject({ write: 'nothing', observed: { count: 3, seenMs: 2, writtenMs: 1 } })
    const long = { ...twice, seenMs: 1_799_000 }
    expect(nextInSeries(long, 1_800_001)).toMatchObject({ write: 'series', observed: { count: 3 } })
  })
})

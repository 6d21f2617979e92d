// When a schedule is due next, on the wall clock of a time zone.
import type { CronSchedule } from '../../objects/batch/cron-schedule.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
/** Upstream looks this far ahead for a date such as 29 February. */
const horizonMs = 5 * 366 * dayMs

interface WallTime {
  minute: number
  hour: number
  day: number
  month: number
  weekday: number
}

/** The first time after `afterMs` that the schedule means, or undefined when there is none within five years. */
export function nextCronTime(schedule: CronSchedule, afterMs: number, timeZone = 'Etc/UTC'): number | undefined {
  if (schedule.everyMs) return Math.floor(afterMs / 1000) * 1000 + schedule.everyMs
  const wall = wallClock(timeZone)
  let timeMs = Math.floor(afterMs / minuteMs) * minuteMs + minuteMs
  const endMs = afterMs + horizonMs
  while (timeMs <= endMs) {
    const time = wall(timeMs)
    if (!schedule.months.has(time.month) || !isDay(schedule, time)) {
      // To the next local midnight; an hour's change of the clock is found by stepping again.
      timeMs += Math.max(
        minuteMs,
        (24 * 60 - time.hour * 60 - time.minute) * minuteMs - 60 * minuteMs * Number(time.hour < 22),
      )
      continue
    }
    if (!schedule.hours.has(time.hour)) {
      timeMs += (60 - time.minute) * minuteMs
      continue
    }
    if (schedule.minutes.has(time.minute)) return timeMs
    timeMs += minuteMs
  }
  return undefined
}

/** The last due time in `(afterMs, nowMs]`, and how many there were (counted to 101). */
export function missedTimes(
  schedule: CronSchedule,
  { afterMs, nowMs, timeZone }: { afterMs: number; nowMs: number; timeZone?: string | undefined },
): { lastMs: number | undefined; count: number } {
  let lastMs: number | undefined
  let count = 0
  let timeMs = nextCronTime(schedule, afterMs, timeZone)
  while (timeMs !== undefined && timeMs <= nowMs) {
    lastMs = timeMs
    count++
    // Far behind: skip to shortly before now, as only the last one matters.
    const from = count > 100 ? Math.max(timeMs, nowMs - 2 * dayMs) : timeMs
    timeMs = nextCronTime(schedule, from, timeZone)
    if (count > 10_000) break
  }
  return { lastMs, count }
}

function isDay({ days, weekdays, eitherDay }: CronSchedule, { day, weekday }: WallTime): boolean {
  const isDayOfMonth = days.has(day)
  const isWeekday = weekdays.has(weekday)
  return eitherDay ? isDayOfMonth || isWeekday : isDayOfMonth && isWeekday
}

function wallClock(timeZone: string): (timeMs: number) => WallTime {
  if (timeZone === 'Etc/UTC' || timeZone === 'UTC') return utcTime
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  return (timeMs) => {
    const parts = Object.fromEntries(format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts
    return { minute, hour, day, month, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() }
  }
}

function utcTime(timeMs: number): WallTime {
  const date = new Date(timeMs)
  return {
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay(),
  }
}

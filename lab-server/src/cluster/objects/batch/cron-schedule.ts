// The five fields of cron, as robfig/cron reads them: `*`, ranges, steps, names, and `@hourly` and its like.

/** A parsed schedule: which minutes, hours and days it means. */
export interface CronSchedule {
  minutes: Set<number>
  hours: Set<number>
  days: Set<number>
  months: Set<number>
  weekdays: Set<number>
  /** A restricted day of month and a restricted weekday are alternatives; with a `*` in one of them both must hold. */
  eitherDay: boolean
  /** `@every 90s`: not aligned to the clock. */
  everyMs?: number
}

const shorthands: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

interface Bounds {
  min: number
  max: number
  names?: string[]
}

/** Reads a schedule; throws an `Error` with upstream's message when it cannot be read. */
export function parseCron(text: string): CronSchedule {
  const every = /^@every (?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text)
  if (every) return { ...parseCron('* * * * *'), everyMs: durationMs(every) }
  if (text.startsWith('@') && !shorthands[text]) throw new Error(`unrecognized descriptor: ${text}`)
  const fields = (shorthands[text] ?? text).trim().split(/\s+/)
  if (fields.length !== 5) throw new Error(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`)
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields
  return {
    minutes: parseField(minute, { min: 0, max: 59 }),
    hours: parseField(hour, { min: 0, max: 23 }),
    days: parseField(day, { min: 1, max: 31 }),
    months: parseField(month, { min: 1, max: 12, names: ['', ...months] }),
    weekdays: parseField(weekday, { min: 0, max: 6, names: weekdays }),
    eitherDay: !isStar(day) && !isStar(weekday),
  }
}

function durationMs([, hours = '0', minutes = '0', seconds = '0']: RegExpExecArray | string[]): number {
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
}

function isStar(field: string): boolean {
  return field.startsWith('*') || field.startsWith('?')
}

function parseField(field: string, bounds: Bounds): Set<number> {
  return new Set(field.split(',').flatMap((part) => parseRange(part, bounds)))
}

function parseRange(text: string, bounds: Bounds): number[] {
  const [range = '', step = '1', ...more] = text.split('/')
  if (more.length > 0) throw new Error(`too many slashes: ${text}`)
  const [low = '', high, ...rest] = range.split('-')
  if (rest.length > 0) throw new Error(`too many hyphens: ${text}`)
  const first = isStar(low) ? bounds.min : parseNumber(low, bounds, text)
  const alone = text.includes('/') ? bounds.max : first
  const last = isStar(low) ? bounds.max : high === undefined ? alone : parseNumber(high, bounds, text)
  const by = Number(step)
  if (first < bounds.min) throw new Error(`beginning of range (${first}) below minimum (${bounds.min}): ${text}`)
  if (last > bounds.max) throw new Error(`end of range (${last}) above maximum (${bounds.max}): ${text}`)
  if (first > last) throw new Error(`beginning of range (${first}) beyond end of range (${last}): ${text}`)
  if (!Number.isInteger(by) || by < 1) throw new Error(`step of range should be a positive number: ${text}`)
  const numbers: number[] = []
  for (let number = first; number <= last; number += by) numbers.push(number)
  return numbers
}

function parseNumber(text: string, { names = [] }: Bounds, part: string): number {
  const named = names.indexOf(text.toLowerCase())
  if (text && named >= 0) return named
  if (!/^\d+$/.test(text))
    throw new Error(`failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax`)
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new Error(`negative number (${text}) not allowed: ${part}`)
  return number
}

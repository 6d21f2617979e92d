// date: the time, in a zone and a form.
import { posix } from 'node:path'
import { type Tool, ToolFailure } from '../task.ts'
import { months, shortMonths, weekdays } from './calendar-names.ts'
import { type ZonedTime, zoneAt } from './date-zone.ts'
import { parseOptions } from './options.ts'

const two = (value: number) => String(value).padStart(2, '0')
const dayMs = 86_400_000

/** Fills in `%Y-%m-%d` and the like, as strftime does in the C locale. */
export function formatTime(format: string, ms: number, { offset, name }: ZonedTime): string {
  const local = new Date(ms + offset * 60_000)
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()]
  const [hour, minute, second, weekday] = [
    local.getUTCHours(),
    local.getUTCMinutes(),
    local.getUTCSeconds(),
    local.getUTCDay(),
  ]
  const dayOfYear = Math.floor((Date.UTC(year, month, day) - Date.UTC(year, 0, 1)) / dayMs)
  const twelve = hour % 12 || 12
  const thursday = new Date(Date.UTC(year, month, day + 3 - ((weekday + 6) % 7)))
  const week = Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / dayMs / 7) + 1
  const sign = offset < 0 ? '-' : '+'
  const zone = `${sign}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`
  const again = (text: string) => formatTime(text, ms, { offset, name })
  const values: Record<string, () => string> = {
    a: () => (weekdays[weekday] ?? '').slice(0, 3),
    A: () => weekdays[weekday] ?? '',
    b: () => shortMonths[month] ?? '',
    B: () => months[month] ?? '',
    c: () => again('%a %b %e %H:%M:%S %Y'),
    C: () => two(Math.floor(year / 100)),
    d: () => two(day),
    D: () => again('%m/%d/%y'),
    e: () => String(day).padStart(2),
    F: () => again('%Y-%m-%d'),
    G: () => String(thursday.getUTCFullYear()),
    h: () => again('%b'),
    H: () => two(hour),
    I: () => two(twelve),
    j: () => String(dayOfYear + 1).padStart(3, '0'),
    k: () => String(hour).padStart(2),
    l: () => String(twelve).padStart(2),
    m: () => two(month + 1),
    M: () => two(minute),
    n: () => '\n',
    N: () => `${String(Math.floor(ms % 1000)).padStart(3, '0')}000000`,
    p: () => (hour < 12 ? 'AM' : 'PM'),
    P: () => (hour < 12 ? 'am' : 'pm'),
    r: () => again('%I:%M:%S %p'),
    R: () => again('%H:%M'),
    s: () => String(Math.floor(ms / 1000)),
    S: () => two(second),
    t: () => '\t',
    T: () => again('%H:%M:%S'),
    u: () => String(weekday || 7),
    U: () => two(Math.floor((dayOfYear + 7 - weekday) / 7)),
    V: () => two(week),
    w: () => String(weekday),
    W: () => two(Math.floor((dayOfYear + 7 - ((weekday + 6) % 7)) / 7)),
    x: () => again('%m/%d/%y'),
    X: () => again('%H:%M:%S'),
    y: () => two(year % 100),
    Y: () => String(year),
    z: () => zone,
    Z: () => name,
    '%': () => '%',
  }
  return format.replaceAll(/%[-_0]?([a-zA-Z%])/g, (whole, letter: string) => {
    const value = values[letter]?.() ?? whole
    return whole.startsWith('%-') ? value.replace(/^[0 ]+(?=.)/, '') : value
  })
}

/** The time that a text of one of BusyBox's forms means in a zone. */
export function parseTime(text: string, nowMs: number, zone: string | undefined): number | undefined {
  if (/^@-?\d+$/.test(text)) return Number(text.slice(1)) * 1000
  const now = new Date(nowMs + zoneAt(zone, nowMs).offset * 60_000)
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()]
  const forms: [RegExp, (parts: number[]) => number[]][] = [
    [/^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/, (parts) => parts],
    [/^(\d{1,2}):(\d{2})(?::(\d{2}))?$/, (parts) => [year, month, day, ...parts]],
    [/^(?:(\d{4})\.)?(\d{2})\.(\d{2})-(\d{2}):(\d{2})(?::(\d{2}))?$/, ([first, ...rest]) => [first || year, ...rest]],
    [/^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{2}))?$/, (parts) => parts],
    [/^(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{2}))?$/, (parts) => [year, ...parts]],
  ]
  for (const [pattern, arrange] of forms) {
    const match = pattern.exec(text)
    if (!match) continue
    const [y = year, mo = 1, d = 1, h = 0, mi = 0, s = 0] = arrange(match.slice(1).map((part) => Number(part ?? 0)))
    if (mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || s > 60) return undefined
    const asUtc = Date.UTC(y, mo - 1, d, h, mi, s)
    return asUtc - zoneAt(zone, asUtc).offset * 60_000
  }
  return undefined
}

const isoForms: Record<string, string> = {
  date: '%Y-%m-%d',
  hours: '%Y-%m-%dT%H%z',
  minutes: '%Y-%m-%dT%H:%M%z',
  seconds: '%Y-%m-%dT%H:%M:%S%z',
  ns: '%Y-%m-%dT%H:%M:%S,%N%z',
}

/** `date [-uR] [-I[SPEC]] [-d TIME | -r FILE] [+FMT]` */
export const date: Tool = async (task) => {
  const isoIndex = task.argv.findIndex((arg, index) => index > 0 && /^-I(?:[a-z]*)$/.test(arg))
  const iso = isoIndex === -1 ? undefined : task.argv[isoIndex]?.slice(2) || 'date'
  const { has, value, operands } = parseOptions(
    task.argv.filter((_, index) => index !== isoIndex),
    'uRd:r:s:D:',
    { utc: 'u', date: 'd', reference: 'r', set: 's', rfc2822: 'R' },
  )
  const zone = has.has('u') ? undefined : task.env.TZ
  const format = operands.find((word) => word.startsWith('+'))?.slice(1)
  const toSet = value.get('s') ?? operands.find((word) => !word.startsWith('+'))
  const given = value.get('d') ?? toSet
  const file = value.get('r')
  let ms = Date.now()
  if (file !== undefined) {
    const stat = await task.system.fs.stat(posix.resolve(task.cwd, file)).catch(() => {
      throw new ToolFailure(`date: can't stat '${file}': No such file or directory`)
    })
    ms = stat.mtime.getTime()
  } else if (given !== undefined) {
    const parsed = parseTime(given, ms, zone)
    if (parsed === undefined) throw new ToolFailure(`date: invalid date '${given}'`)
    ms = parsed
  }
  const spec = iso === undefined ? undefined : Object.keys(isoForms).find((name) => name.startsWith(iso))
  const standard = has.has('R') ? '%a, %d %b %Y %H:%M:%S %z' : '%a %b %e %H:%M:%S %Z %Y'
  const form = format ?? (spec === undefined ? standard : (isoForms[spec] ?? standard))
  // A container may not set the node's clock; the time that it would have been is shown all the same.
  if (toSet !== undefined) await task.stderr.write("date: can't set date: Operation not permitted\n")
  await task.stdout.write(`${formatTime(form, ms, zoneAt(zone, ms))}\n`)
  return Number(toSet !== undefined)
}

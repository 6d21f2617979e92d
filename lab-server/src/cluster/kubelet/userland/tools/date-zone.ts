// Time zones as `TZ` names them: the rule itself (`CET-1CEST,M3.5.0,M10.5.0/3`), or a place of the world.

export interface ZonedTime {
  /** Minutes east of Greenwich. */
  offset: number
  /** `CET`, `UTC`. */
  name: string
}

const part = '([A-Za-z]{3,}|<[^>]+>)'
const time = '([+-]?\\d{1,2}(?::\\d{2}){0,2})'
const rule = new RegExp(`^${part}${time}(?:${part}${time}?(?:,(M[\\d.]+)(?:/${time})?,(M[\\d.]+)(?:/${time})?)?)?$`)

function seconds(text: string): number {
  const [hours = 0, minutes = 0, rest = 0] = text.replace(/^[+-]/, '').split(':').map(Number)
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + rest)
}

/** When a switch such as `M3.5.0` happens in a year, by the local time before it, as if that were UTC. */
function switchTime(text: string, at: string | undefined, year: number): number {
  const [month = 1, week = 1, weekday = 0] = text.slice(1).split('.').map(Number)
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay()
  let day = 1 + ((weekday - first + 7) % 7) + (week - 1) * 7
  while (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) day -= 7
  return Date.UTC(year, month - 1, day) + seconds(at ?? '2') * 1000
}

function fromRule(match: RegExpExecArray, ms: number): ZonedTime {
  const [, standardName = '', standardText = '0', summerName, summerText, start, startAt, end, endAt] = match
  const plain = (name: string) => name.replace(/^<|>$/g, '')
  // West of Greenwich counts as positive in these rules.
  const standard = { offset: -seconds(standardText) / 60, name: plain(standardName) }
  if (summerName === undefined) return standard
  const summerOffset = summerText === undefined ? standard.offset + 60 : -seconds(summerText) / 60
  const summer = { offset: summerOffset, name: plain(summerName) }
  const year = new Date(ms + standard.offset * 60_000).getUTCFullYear()
  const from = switchTime(start ?? 'M3.2.0', startAt, year) - standard.offset * 60_000
  const to = switchTime(end ?? 'M11.1.0', endAt, year) - summer.offset * 60_000
  const isSummer = from < to ? ms >= from && ms < to : ms >= from || ms < to
  return isSummer ? summer : standard
}

/** Offset and name of a zone at a time; what is no zone counts as UTC. */
export function zoneAt(zone: string | undefined, ms: number): ZonedTime {
  const utc = { offset: 0, name: 'UTC' }
  if (!zone) return utc
  const name = zone.replace(/^:/, '')
  const match = rule.exec(name)
  if (match) return fromRule(match, ms)
  try {
    const nameIn = (locale: string, style: 'short' | 'longOffset') =>
      new Intl.DateTimeFormat(locale, { timeZone: name, timeZoneName: style })
        .formatToParts(ms)
        .find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC'
    const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d{2}):(\d{2})/.exec(nameIn('en-GB', 'longOffset')) ?? []
    const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
    // Each English knows the short names of its own part of the world.
    const short = ['en-GB', 'en-US', 'en-AU', 'en-IN'].map((locale) => nameIn(locale, 'short'))
    const known = short.find((one) => /^[A-Z]{2,5}$/.test(one))
    const numeric = `${sign}${hours.padStart(2, '0')}${minutes === '00' || minutes === '0' ? '' : minutes}`
    return { offset, name: known ?? numeric }
  } catch {
    return { offset: 0, name: /^[A-Za-z]{3,}/.exec(name)?.[0] ?? 'UTC' }
  }
}

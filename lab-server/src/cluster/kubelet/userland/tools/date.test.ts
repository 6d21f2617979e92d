import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatTime, parseTime } from './date.ts'
import { zoneAt } from './date-zone.ts'

const january = Date.UTC(1970, 0, 1)
const july = Date.UTC(2024, 6, 1)

test.each([
  [undefined, january, 0, 'UTC'],
  ['CET', january, 60, 'CET'],
  ['Europe/Berlin', july, 120, 'CEST'],
  ['America/New_York', july, -240, 'EDT'],
  ['CET-1CEST,M3.5.0,M10.5.0/3', january, 60, 'CET'],
  ['CET-1CEST,M3.5.0,M10.5.0/3', july, 120, 'CEST'],
  ['CET-1CEST', july, 120, 'CEST'],
  ['EST5', july, -300, 'EST'],
  ['<+05>-5', july, 300, '+05'],
  ['Nowhere/Else', july, 0, 'Nowhere'],
])('the zone %s at %d', (zone, ms, offset, name) => {
  expect(zoneAt(zone, ms)).toEqual({ offset, name })
})

test('summer begins and ends at the hour', () => {
  const zone = 'CET-1CEST,M3.5.0,M10.5.0/3'
  const names = ['2024-03-31T00:59:59Z', '2024-03-31T01:00:00Z', '2024-10-27T00:59:59Z', '2024-10-27T01:00:00Z']
  expect(names.map((text) => zoneAt(zone, Date.parse(text)).name)).toEqual(['CET', 'CEST', 'CEST', 'CET'])
})

test('writes times in forms', () => {
  const utc = zoneAt(undefined, july)
  expect(formatTime('%a %b %e %H:%M:%S %Z %Y', july, utc)).toBe('Mon Jul  1 00:00:00 UTC 2024')
  expect(formatTime('%F %T %j %u %V %s %% %-d %z', july, utc)).toBe('2024-07-01 00:00:00 183 1 27 1719792000 % 1 +0000')
  expect(formatTime('%q', july, utc)).toBe('%q')
})

test('reads what it writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      const ms = seconds * 1000
      expect(parseTime(formatTime('%F %T', ms, zoneAt('EST5', ms)), 0, 'EST5')).toBe(ms)
    }),
  )
  expect(parseTime('@5', 0, undefined)).toBe(5000)
  expect(parseTime('12:30', july, undefined)).toBe(july + 45_000_000)
  expect(parseTime('nonsense', 0, undefined)).toBeUndefined()
})

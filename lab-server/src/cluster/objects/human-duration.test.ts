import { expect, test } from 'vitest'
import { age, humanDuration } from './human-duration.ts'

const seconds = 1000
const minutes = 60 * seconds
const hours = 60 * minutes
const days = 24 * hours

test.each([
  [0, '0s'],
  [999, '0s'],
  [-1 * seconds, '0s'],
  [-2 * seconds, '<invalid>'],
  [119 * seconds, '119s'],
  [2 * minutes, '2m'],
  [2 * minutes + 1 * seconds, '2m1s'],
  [9 * minutes + 59 * seconds, '9m59s'],
  [10 * minutes + 59 * seconds, '10m'],
  [179 * minutes, '179m'],
  [3 * hours, '3h'],
  [3 * hours + 5 * minutes, '3h5m'],
  [7 * hours + 59 * minutes, '7h59m'],
  [8 * hours + 59 * minutes, '8h'],
  [47 * hours, '47h'],
  [2 * days, '2d'],
  [2 * days + 3 * hours, '2d3h'],
  [7 * days + 23 * hours, '7d23h'],
  [8 * days + 23 * hours, '8d'],
  [729 * days, '729d'],
  [730 * days, '2y'],
  [731 * days, '2y1d'],
  [8 * 365 * days, '8y'],
  [9 * 365 * days + 30 * days, '9y'],
])('renders %d ms as %s', (ms, expected) => {
  expect(humanDuration(ms)).toBe(expected)
})

test('says <unknown> for an object without a timestamp', () => {
  expect(age(undefined, 0)).toBe('<unknown>')
  expect(age('2026-11-23T02:41:41Z', Date.parse('2026-11-23T02:42:08Z'))).toBe('27s')
})

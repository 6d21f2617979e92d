import { expect, test } from 'vitest'
import { percentOf, scaledValue } from './int-or-string.ts'

test.each([
  ['25%', 2, 'down', 0],
  ['25%', 2, 'up', 1],
  ['25%', 10, 'down', 2],
  ['25%', 10, 'up', 3],
  ['100%', 3, 'down', 3],
  ['0%', 3, 'up', 0],
  [2, 10, 'down', 2],
  [undefined, 10, 'up', 0],
] as const)('%s of %d rounded %s is %d', (value, total, rounding, expected) => {
  expect(scaledValue(value, total, rounding)).toBe(expected)
})

test('a percentage is digits and a percent sign', () => {
  expect(percentOf('25%')).toBe(25)
  expect(percentOf('25')).toBeUndefined()
  expect(percentOf('-5%')).toBeUndefined()
  expect(percentOf(25)).toBeUndefined()
})

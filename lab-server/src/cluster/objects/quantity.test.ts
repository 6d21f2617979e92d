import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  parseQuantity,
  quantityToInteger,
  quantityToMilli,
  subtractQuantities,
} from './quantity.ts'

test.each([
  ['0', '0'],
  ['0Mi', '0'],
  ['100m', '100m'],
  ['1000m', '1'],
  ['0.5', '500m'],
  ['.5', '500m'],
  ['1.5', '1500m'],
  ['1.5Gi', '1536Mi'],
  ['0.5Gi', '512Mi'],
  ['1024Mi', '1Gi'],
  ['1000Ki', '1000Ki'],
  ['1000k', '1M'],
  ['1023', '1023'],
  ['0.5Ki', '512'],
  ['128974848', '128974848'],
  ['129e6', '129e6'],
  ['2e3', '2e3'],
  ['1e1', '10'],
  ['-1', '-1'],
  ['+5', '5'],
  ['1n', '1n'],
  ['1u', '1u'],
  ['0.1n', '1n'],
  ['12300000u', '12300m'],
])('writes %s as %s', (given, expected) => {
  expect(canonicalQuantity(given)).toBe(expected)
})

test('takes a number as YAML writes one', () => {
  expect(canonicalQuantity(2)).toBe('2')
  expect(canonicalQuantity(0.25)).toBe('250m')
})

test.each(['lots', '', '1 Gi', '1,5', '100MB', '1KI'])(
  'refuses %j with the pattern that a quantity must match',
  (given) => {
    expect(() => parseQuantity(given)).toThrow(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )
  },
)

test.each(['2mi', '1MiM', '1Kim'])('refuses the suffix of %s', (given) => {
  expect(() => parseQuantity(given)).toThrow("unable to parse quantity's suffix")
})

test('compares amounts, not spellings', () => {
  expect(compareQuantities('1Gi', '1024Mi')).toBe(0)
  expect(compareQuantities('1G', '1Gi')).toBe(-1)
  expect(compareQuantities('1001m', 1)).toBe(1)
  expect(compareQuantities(undefined, '0')).toBe(0)
})

test('adds and subtracts in the form of the first amount', () => {
  expect(addQuantities('256Mi', '256Mi')).toBe('512Mi')
  expect(addQuantities('200m', '500m', '1')).toBe('1700m')
  expect(addQuantities('0', '1Gi')).toBe('1Gi')
  expect(subtractQuantities('1Gi', '1Mi')).toBe('1023Mi')
})

test('rounds up to whole units', () => {
  expect(quantityToInteger('1500m')).toBe(2)
  expect(quantityToInteger('5Gi')).toBe(5368709120)
  expect(quantityToMilli('0.1234')).toBe(124)
})

test('keeps the amount when it is written and read again', () => {
  const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3')
  fc.assert(
    fc.property(fc.nat({ max: 1_000_000 }), suffix, (amount, unit) => {
      const once = canonicalQuantity(`${amount}${unit}`)
      expect(canonicalQuantity(once)).toBe(once)
      expect(compareQuantities(once, `${amount}${unit}`)).toBe(0)
    }),
  )
})

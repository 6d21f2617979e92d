import { expect, test } from 'vitest'
import { describeSamples, percentile } from './statistics.ts'

test('percentiles are samples, by nearest rank', () => {
  expect(percentile([3, 1, 2, 4], 50)).toBe(2)
  expect(percentile([3, 1, 2, 4], 99)).toBe(4)
  expect(percentile([7], 1)).toBe(7)
  expect(percentile([], 50)).toBeNaN()
})

test('a line of figures says how many samples it stands for', () => {
  expect(describeSamples([1, 2], 'ms')).toBe('p50 1.0 ms  p95 2.0 ms  p99 2.0 ms  n=2')
})

import { expect, test } from 'vitest'
import { healthSpans } from './health-spans.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString()
const sample = (seconds: number, healthy: boolean) => ({ at: at(seconds), healthy, detail: '' })

test('joins samples of the same health and leaves out what was before the fault', () => {
  const spans = healthSpans([sample(0, true), sample(10, false), sample(12, false), sample(30, true)], at(10), at(40))
  expect(spans).toEqual([
    { healthy: false, seconds: 20 },
    { healthy: true, seconds: 10 },
  ])
})

test('has nothing to show without samples', () => {
  expect(healthSpans([], null, null)).toEqual([])
})

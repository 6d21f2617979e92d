import { expect, test } from 'vitest'
import { formatMicroTime, makeClock } from './clock.ts'

test('the clock agrees with the machine, is finer, and never goes back by itself', () => {
  const clock = makeClock()
  const told = Array.from({ length: 1_000 }, () => {
    const before = Date.now()
    const now = clock.now()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThan(Date.now() + 1)
    return now
  })
  expect(told).toEqual(told.toSorted((one, other) => one - other))
  expect(new Set(told).size).toBeGreaterThan(new Set(told.map(Math.floor)).size)
})

test('a clock of another speed begins where it is told to', () => {
  const clock = makeClock(1_000, 5_000)
  expect(clock.now()).toBeGreaterThanOrEqual(5_000)
  expect(clock.toWallMs(2_000)).toBe(2)
})

test('a MicroTime has six decimals', () => {
  expect(formatMicroTime(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toBe('2026-01-02T03:04:05.006000Z')
  expect(formatMicroTime(Date.UTC(2026, 0, 2, 3, 4, 5, 6) + 0.25)).toBe('2026-01-02T03:04:05.006250Z')
})

import { expect, it } from 'vitest'
import type { CheckResult } from '../../contract/attempts.ts'
import { untouchedRed } from './red.ts'

const brokenAt = '2026-01-01T00:00:00.000Z'
const after = (seconds: number, statuses: Record<string, CheckResult['status']>) => ({
  at: new Date(Date.parse(brokenAt) + seconds * 1000),
  checks: Object.entries(statuses).map(([id, status]) => ({ id, status, title: id, expected: '', observed: '' })),
  invariants: [],
})
const record = (redChecks: string[]) => ({ redChecks, redInvariants: [], brokenAt })

it('drops what was red only for a moment after the injection', () => {
  const seen = untouchedRed(record(['health', 'cycle']), after(5, { health: 'passed', cycle: 'failed' }))
  expect(seen.redChecks).toEqual(['cycle'])
})

it('adds what turns red later, before the student has done anything', () => {
  const seen = untouchedRed(record(['health']), after(120, { health: 'failed', steady: 'failed' }))
  expect(seen.redChecks).toEqual(['health', 'steady'])
})

it('keeps what is red now and then: an intermittent fault is one', () => {
  expect(untouchedRed(record(['health']), after(60, { health: 'passed' })).redChecks).toEqual(['health'])
  expect(untouchedRed(record(['health']), after(60, { health: 'unknown' })).redChecks).toEqual(['health'])
})

it('never leaves an attempt with nothing to earn', () => {
  expect(untouchedRed(record(['health']), after(5, { health: 'passed' })).redChecks).toEqual(['health'])
})

import { expect, it } from 'vitest'
import type { CheckResult } from '../../contract/attempts.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { untouchedRed } from './red.ts'

const brokenAt = '2026-01-01T00:00:00.000Z'
const after = (seconds: number, statuses: Record<string, CheckResult['status']>) => ({
  at: new Date(Date.parse(brokenAt) + seconds * 1000),
  checks: Object.entries(statuses).map(([id, status]) => ({ id, status, title: id, expected: '', observed: '' })),
  invariants: [],
})
const record = (redChecks: string[]) => ({ redChecks, redInvariants: [], brokenAt })
const declared: Scenario['checks'] = [
  { id: 'health', title: 'health', guard: true, http: { path: '/api/health' } },
  { id: 'cycle', title: 'cycle', apiCycle: {} },
  { id: 'steady', title: 'steady', steady: { of: 'Deployment/backend', seconds: 15 } },
]
const redAfter = (red: string[], ...evaluation: Parameters<typeof after>) =>
  untouchedRed(record(red), after(...evaluation), declared).redChecks

it('drops a guard that was red only for a moment after the injection', () => {
  expect(redAfter(['health', 'cycle'], 5, { health: 'passed', cycle: 'failed' })).toEqual(['cycle'])
})

it('adds what turns red later, before the student has done anything', () => {
  expect(redAfter(['health'], 120, { health: 'failed', steady: 'failed' })).toEqual(['health', 'steady'])
})

it('keeps what is red now and then: an intermittent fault is one, also soon after the injection', () => {
  expect(redAfter(['health'], 60, { health: 'passed' })).toEqual(['health'])
  expect(redAfter(['health'], 60, { health: 'unknown' })).toEqual(['health'])
  expect(redAfter(['cycle', 'steady'], 5, { cycle: 'passed', steady: 'failed' })).toEqual(['cycle', 'steady'])
})

it('never leaves an attempt with nothing to earn', () => {
  expect(redAfter(['health'], 5, { health: 'passed' })).toEqual(['health'])
})

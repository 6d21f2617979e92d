import { describe, expect, it } from 'vitest'
import type { CheckResult } from '../../contract/attempts.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { scoreOf } from './score.ts'

const result = (id: string, status: CheckResult['status']): CheckResult => ({
  id,
  title: `Title of ${id}`,
  status,
  expected: '',
  observed: '',
})
const checks = [result('page', 'passed'), result('list', 'failed'), result('health', 'failed')]
const input = { checks, invariants: [], redChecks: ['page', 'list', 'health'], redInvariants: [], hintsRevealed: 0 }
const specs = checks.map(({ id, title }) => ({ id, title, http: { path: '/' } }))
const scenario = (groups: Record<string, string>) =>
  ({ hints: [], checks: specs.map((spec) => ({ ...spec, group: groups[spec.id] })) }) as unknown as Scenario

describe('the score', () => {
  it('shares the points among the checks that were red', () => {
    expect(scoreOf({ ...input, scenario: scenario({}) })).toEqual({
      points: 34,
      max: 100,
      lines: [
        { label: 'Title of page', points: 34 },
        { label: 'Title of list', points: 0 },
        { label: 'Title of health', points: 0 },
      ],
    })
  })

  it('gives each fault of an incident the same part, whatever the number of its checks, and says so', () => {
    const grouped = scenario({ page: 'Dashboard', list: 'API', health: 'API' })
    expect(scoreOf({ ...input, scenario: grouped })).toMatchObject({
      points: 50,
      lines: [
        { label: 'Dashboard (50 of 100): Title of page', points: 50 },
        { label: 'API (50 of 100): Title of list', points: 0 },
        { label: 'API (50 of 100): Title of health', points: 0 },
      ],
    })
  })

  it('adds up to the maximum where it does not divide', () => {
    const all = checks.map((check) => ({ ...check, status: 'passed' as const }))
    expect(scoreOf({ ...input, checks: all, scenario: scenario({ page: 'Dashboard' }) }).points).toBe(100)
    expect(scoreOf({ ...input, checks: all, scenario: scenario({}) }).points).toBe(100)
  })
})

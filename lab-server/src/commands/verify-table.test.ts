import { describe, expect, it } from 'vitest'
import { resetLine, verifyTable } from './verify-table.ts'

const result = (scenarioId: string, step: string, ok = true) => ({
  scenarioId,
  step,
  variant: '',
  ok,
  detail: '',
  seconds: 2,
})

describe('the table of a proof', () => {
  it('counts the statements of each scenario by their sort', () => {
    const table = verifyTable([
      result('site-not-found', 'refused: catch-all', false),
      result('api-down', 'doing nothing earns nothing'),
      result('api-down', 'refused: a'),
      result('site-not-found', 'refused: other'),
      { ...result('site-not-found', 'a reset leads back'), resets: [4, 2, 3] },
    ])
    expect(table.split('\n')).toEqual([
      'SCENARIO        PROVED  NOTHING  SOLVED  ALSO  REFUSED  STANDING  RESET  SECONDS',
      'api-down        yes     1/1      -       -     1/1      -         -      4',
      'site-not-found  NO      -        -       -     1/2      -         3/4    6',
    ])
  })

  it('says how long resets took, where there were any', () => {
    const resets = (...seconds: number[]) => ({ ...result('api-down', 'a reset leads back'), resets: seconds })
    expect(resetLine([resets(2, 1), resets(3, 9)])).toBe(
      '4 resets: half of them within 2 s, 95 % within 9 s, the longest 9 s.\n',
    )
    expect(resetLine([result('api-down', 'refused: a')])).toBe('')
  })
})

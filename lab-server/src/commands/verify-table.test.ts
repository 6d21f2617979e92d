import { describe, expect, it } from 'vitest'
import { verifyTable } from './verify-table.ts'

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
    ])
    expect(table.split('\n')).toEqual([
      'SCENARIO        PROVED  NOTHING  SOLVED  ALSO  REFUSED  STANDING  SECONDS',
      'api-down        yes     1/1      -       -     1/1      -         4',
      'site-not-found  NO      -        -       -     1/2      -         4',
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { compareResults, comparisonTable } from './verify-compare.ts'

const result = (scenarioId: string, step: string, ok = true) => ({
  scenarioId,
  step,
  variant: '',
  ok,
  detail: ok ? '' : 'not solved 150 s after the repair',
  seconds: 2,
})

describe('two proofs side by side', () => {
  it('says of each scenario whether both came to the same verdicts, and what differs', () => {
    const here = [
      result('api-down', 'doing nothing earns nothing'),
      result('api-down', 'the solution solves it', false),
      result('site-not-found', 'refused: other', false),
      result('only-here', 'doing nothing earns nothing'),
    ]
    const there = [
      result('api-down', 'the solution solves it'),
      result('api-down', 'doing nothing earns nothing'),
      result('api-down', 'refused: tried there only'),
      result('site-not-found', 'refused: other', false),
    ]
    expect(comparisonTable(compareResults(here, there), 'embedded.json').split('\n')).toEqual([
      'SCENARIO        HERE  embedded.json  VERDICTS',
      'api-down        1/2   2/2            1 DIFFER',
      'site-not-found  0/1   0/1            same',
      '✕ api-down: the solution solves it holds only in embedded.json: not solved 150 s after the repair',
      '',
      '2 of 3 statements of 2 scenarios have the same verdict in both.',
    ])
  })
})

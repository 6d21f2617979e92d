import { expect, test } from 'vitest'
import { nextScenario, solvedScenarios } from './next-scenario.ts'

const scenario = (id: string, level: number) => ({ id, title: id, level, minutes: 5, tags: [], domains: [] })
const scenarios = [scenario('c', 2), scenario('a', 1), scenario('b', 1)]

test('the next scenario follows in the order of the catalogue', () => {
  expect(nextScenario(scenarios, new Set(), 'a')?.id).toBe('b')
  expect(nextScenario(scenarios, new Set(), 'b')?.id).toBe('c')
})

test('what is solved is passed over, and the end leads to the beginning', () => {
  expect(nextScenario(scenarios, new Set(['b']), 'a')?.id).toBe('c')
  expect(nextScenario(scenarios, new Set(['c']), 'c')?.id).toBe('a')
  expect(nextScenario(scenarios, new Set(['a', 'b']), 'c')).toBeUndefined()
  expect(nextScenario(scenarios, new Set(), 'gone')?.id).toBe('a')
})

test('only solved attempts count', () => {
  expect([
    ...solvedScenarios([
      { scenarioId: 'a', state: 'solved' },
      { scenarioId: 'b', state: 'abandoned' },
      { scenarioId: 'c', state: 'broken' },
    ]),
  ]).toEqual(['a'])
})

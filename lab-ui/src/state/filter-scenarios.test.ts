import { expect, test } from 'vitest'
import { filterScenarios } from './filter-scenarios.ts'

const scenario = (id: string, level: number, minutes: number, tags: string[]) => ({
  id,
  title: id.replaceAll('-', ' '),
  level,
  minutes,
  tags,
  domains: ['CKAD-NET'],
})
const all = [
  scenario('tasks-do-not-load', 2, 15, ['service']),
  scenario('api-answers-503', 1, 10, ['secret']),
  scenario('board-is-down', 1, 5, ['probe']),
]

test('shows the easiest and shortest first', () => {
  expect(filterScenarios(all, '', undefined).map(({ id }) => id)).toEqual([
    'board-is-down',
    'api-answers-503',
    'tasks-do-not-load',
  ])
})

test('needs every word, in any order and case', () => {
  expect(filterScenarios(all, 'SERVICE tasks', undefined).map(({ id }) => id)).toEqual(['tasks-do-not-load'])
  expect(filterScenarios(all, 'service 503', undefined)).toEqual([])
})

test('keeps to the chosen level', () => {
  expect(filterScenarios(all, '', 1)).toHaveLength(2)
})

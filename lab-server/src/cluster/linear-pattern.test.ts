import { expect, it } from 'vitest'
import { compilePattern } from './linear-pattern.ts'

it('matches anywhere and gives groups, those that took no part empty', () => {
  const pattern = compilePattern('/api(/|$)(x)?(.*)', { ignoreCase: true })
  expect(pattern?.exec('http://a/API/tasks')).toEqual(['/API/tasks', '/', '', 'tasks'])
  expect(pattern?.test('/app')).toBe(false)
  expect(pattern?.exec('/app')).toBeUndefined()
})

it('is undefined for what is no expression', () => {
  for (const source of ['(', '[z-a]', '(?=x)', '(x)\\1', 'a{1000000}'])
    expect(compilePattern(source), source).toBeUndefined()
})

it('answers on expressions that make others try every way through a text', () => {
  // An engine that goes back would take longer than the universe is old.
  expect(compilePattern('^/(a+)+$')?.test(`/${'a'.repeat(200)}!`)).toBe(false)
  expect(compilePattern('^/(a|a)*$')?.test(`/${'a'.repeat(200)}!`)).toBe(false)
})

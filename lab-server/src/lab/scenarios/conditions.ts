// Conditions on fields of JSON: what a check expects, in data.
import { isDeepStrictEqual } from 'node:util'
import type { Condition } from './scenario.ts'

export interface FieldOutcome {
  passed: boolean
  expected: string
  observed: string
}

/** The value at `a.b[0].c`, `a.b[name=x].c` or `a["b.c"]`; undefined when any part is absent. */
export function fieldAt(value: unknown, path: string): unknown {
  let current: unknown = value
  for (const [, plain, quoted, selector] of path.matchAll(/([^.[\]]+)|\["([^"]+)"\]|\[([^\]]+)\]/g)) {
    const key = plain ?? quoted
    if (current === null || typeof current !== 'object') return undefined
    if (key !== undefined) current = Object.hasOwn(current, key) ? (current as Record<string, unknown>)[key] : undefined
    else if (selector?.includes('=')) {
      const [name, wanted] = selector.split('=') as [string, string]
      current = Array.isArray(current) ? current.find((item) => String(item?.[name]) === wanted) : undefined
    } else current = Array.isArray(current) ? current[Number(selector)] : undefined
  }
  return current
}

/** Whether the field is as the condition says, and how to say so. */
export function checkField(value: unknown, path: string, condition: Condition): FieldOutcome {
  const actual = path === 'length' && Array.isArray(value) ? value.length : fieldAt(value, path)
  const observed = `${path} is ${show(actual)}`
  if (condition === null || typeof condition !== 'object') return equal(actual, condition, path, observed)
  if ('equals' in condition) return equal(actual, condition.equals, path, observed)
  if ('not' in condition) {
    return {
      passed: !isDeepStrictEqual(actual, condition.not),
      expected: `${path} is not ${show(condition.not)}`,
      observed,
    }
  }
  if ('atLeast' in condition) {
    const passed = typeof actual === 'number' && actual >= condition.atLeast
    return { passed, expected: `${path} is at least ${condition.atLeast}`, observed }
  }
  if ('atMost' in condition) {
    const passed = typeof actual === 'number' && actual <= condition.atMost
    return { passed, expected: `${path} is at most ${condition.atMost}`, observed }
  }
  if ('contains' in condition) {
    const passed = typeof actual === 'string' && actual.includes(condition.contains)
    return { passed, expected: `${path} contains ${show(condition.contains)}`, observed }
  }
  const passed = (actual !== undefined) === condition.exists
  return { passed, expected: `${path} is ${condition.exists ? 'set' : 'not set'}`, observed }
}

function equal(actual: unknown, wanted: unknown, path: string, observed: string): FieldOutcome {
  return { passed: isDeepStrictEqual(actual, wanted), expected: `${path} is ${show(wanted)}`, observed }
}

/** A value in a sentence: `"text"`, `3`, `not set`. */
export function show(value: unknown): string {
  if (value === undefined) return 'not set'
  const text = JSON.stringify(value)
  return text.length > 120 ? `${text.slice(0, 117)}...` : text
}

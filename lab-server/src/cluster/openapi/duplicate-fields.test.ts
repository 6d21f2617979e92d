import { expect, test } from 'vitest'
import { findDuplicateFields } from './duplicate-fields.ts'

test.each([
  ['{"a":1,"b":2}', []],
  ['{"a":1,"a":2}', ['a']],
  ['{"a":{"b":1},"c":{"b":1}}', []],
  ['{"x":[{"a":1},{"a":1,"a":2}]}', ['x[1].a']],
  ['{"a":"{\\"a\\":1,","b":"}","a":0}', ['a']],
  ['{"a":{"b":{"c":1,"c":2}},"a":{}}', ['a.b.c', 'a']],
  ['{"x":["a","a"],"y":[["a","a"]]}', []],
  ['a: 1\na: 2\n', []],
])('in %s are %j', (text, expected) => {
  expect(findDuplicateFields(text)).toEqual(expected)
})

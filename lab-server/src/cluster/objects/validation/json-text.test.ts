import { expect, test } from 'vitest'
import { jsonObjectProblem } from './json-text.ts'

test.each([
  ['{"auths":{}}', undefined],
  ['', 'unexpected end of JSON input'],
  ['{"auths":{}', 'unexpected end of JSON input'],
  ['secret', "invalid character 's' looking for beginning of value"],
  ['{"auths":x}', "invalid character 'x' looking for beginning of value"],
  ['{auths:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
  ['[1]', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
])('of %j Go says %s', (text, problem) => {
  expect(jsonObjectProblem(text)).toBe(problem)
})

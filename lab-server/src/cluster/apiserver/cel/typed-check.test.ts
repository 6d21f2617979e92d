import { expect, it } from 'vitest'
import type { StructuralSchema } from '../custom/structural-schema.ts'
import { declareTypes } from './declared-types.ts'
import { makeTypedCheck } from './typed-check.ts'

const item: StructuralSchema = { type: 'object', properties: { name: { type: 'string' } } }
const schema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        'my-field': { type: 'string' },
        items: { type: 'array', items: item },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
}
const check = makeTypedCheck((environment) => {
  environment.registerVariable('self', declareTypes(environment, schema, true))
})

it.each([
  ['self.spec.replcas > 1', 10, "undefined field 'replcas'"],
  ['self.spec.replicas == "a"', 20, "found no matching overload for '_==_' applied to '(int, string)'"],
  ['self.spec.items.all(i, i.b == "")', 25, "undefined field 'b'"],
  [
    'self.spec.labels.all(k, self.spec.labels[k] > 1)',
    45,
    "found no matching overload for '_>_' applied to '(string, int)'",
  ],
  ['self.metadata.namespace == ""', 14, "undefined field 'namespace'"],
])('%s is wrong at %i', (expression, column, why) => {
  const mark = `${'.'.repeat(column - 1)}^`
  expect(check(expression)).toEqual({ problem: `ERROR: <input>:1:${column}: ${why}\n | ${expression}\n | ${mark}` })
})

it.each([
  ['self.spec.replicas + 1', 'int'],
  ['self.spec.`my-field` == self.spec.my__dash__field', 'bool'],
  ['self.metadata.name.size() > 3', 'bool'],
  ['self.spec.free.anything.goes > 1', 'bool'],
  ['self.spec.items.exists(i, has(i.name))', 'bool'],
  ['self.spec.items.all(i, item, item.name != string(i))', 'bool'],
  ['self.spec.replicas < 2.5', 'bool'],
])('%s is right, and makes a %s', (expression, type) => {
  expect(check(expression)).toEqual({ type })
})

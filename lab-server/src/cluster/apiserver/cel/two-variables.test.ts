import { describe, expect, it } from 'vitest'
import { compile } from './environment.ts'
import { fromCel, toCel } from './values.ts'

const evaluate = (expression: string, self: unknown) =>
  fromCel(compile(expression, ['self']).evaluate({ self: toCel(self) }))

describe('macros with two variables', () => {
  it.each([
    ['self.all(i, item, item > i)', [1, 2], true],
    ['self.all(i, item, item > i)', [1, 1], false],
    ['self.all(i, item, item / i > 0 || i == 0)', [1, 2], true],
    ['self.exists(key, value, key == "a" && value == 2)', { a: 2 }, true],
    ['self.exists(i, item, 1 / item == 1)', [0, 1], true],
    ['self.existsOne(i, item, item == 2)', [2, 2], false],
    ['self.transformList(i, item, item * 2)', [1, 2], [2, 4]],
    ['self.transformList(key, value, value > 1, key)', { a: 1, b: 2 }, ['b']],
    ['self.transformMap(key, value, value + 1)', { a: 1 }, { a: 2 }],
    ['self.transformMap(key, value, value > 1, value)', { a: 1, b: 2 }, { b: 2 }],
    ['self.transformMapEntry(key, value, {value: key})', { a: 'b' }, { b: 'a' }],
    [
      'self.all(i, row, row.all(j, item, item > i + j))',
      [
        [1, 2],
        [2, 3],
      ],
      true,
    ],
    ['self.all(i, item, self.exists(other, other == item))', [1, 2], true],
  ])('%s of %j is %j', (expression, self, expected) => {
    expect(evaluate(expression, self)).toEqual(expected)
  })

  it('fail where an item fails and none decides', () => {
    expect(() => evaluate('self.all(i, item, 1 / item == 1)', [1, 0])).toThrow('division by zero')
  })

  it('need names for their variables, and know no other', () => {
    expect(() => compile('self.all(1, item, item)', ['self'])).toThrow('argument must be a simple name')
    expect(() => compile('self.all(i, item, other)', ['self'])).toThrow("undeclared reference to 'other'")
  })
})

describe('fields in backticks', () => {
  it.each([
    ['self.`app.kubernetes.io/name` == "x"', { 'app.kubernetes.io/name': 'x' }, true],
    ['has(self.`a-b`)', { 'a-b': 1 }, true],
    ['has(self.`a-b`)', {}, false],
    ['self.?`a-b`.orValue(3)', {}, 3],
    ['self.text == ".`a`"', { text: '.`a`' }, true],
    ['self.`a`.`b c`.`d`', { a: { 'b c': { d: 1 } } }, 1],
  ])('%s of %j is %j', (expression, self, expected) => {
    expect(evaluate(expression, self)).toEqual(expected)
  })
})

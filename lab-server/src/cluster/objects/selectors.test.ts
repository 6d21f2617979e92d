import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatLabelSelector,
  formatRequirements,
  matchesFields,
  matchesLabelSelector,
  matchesPairs,
  matchesRequirements,
  parseFieldSelector,
  parseLabelSelector,
} from './selectors.ts'

const selects = (selector: string, labels: Record<string, string>) =>
  matchesRequirements(parseLabelSelector(selector), labels)

describe('a label selector', () => {
  test.each([
    ['', {}, true],
    ['app=backend', { app: 'backend' }, true],
    ['app==backend', { app: 'backend' }, true],
    ['app=backend', { app: 'frontend' }, false],
    ['app!=backend', {}, true],
    ['app!=backend', { app: 'backend' }, false],
    ['app in (a, b)', { app: 'b' }, true],
    ['app in (a,b)', { app: 'c' }, false],
    ['app notin (a,b)', {}, true],
    ['app', { app: '' }, true],
    ['!app', { app: '' }, false],
    ['!app', {}, true],
    ['app=', { app: '' }, true],
    ['a=1,b in (x),!c', { a: '1', b: 'x' }, true],
    ['n>3', { n: '4' }, true],
    ['n<3', { n: '4' }, false],
    ['n>3', { n: 'x' }, false],
    ['in in (in)', { in: 'in' }, true],
    ['x in (a,)', { x: '' }, true],
    ['constructor', {}, false],
  ])('%j on %j is %s', (selector, labels, expected) => {
    expect(selects(selector, labels)).toBe(expected)
  })

  test.each([
    ['! =x', "unable to parse requirement: found '=', expected: identifier"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['=', "found '=', expected: !, identifier, or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    [
      'a=-x',
      "unable to parse requirement: values[0][a]: Invalid value: \"-x\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  ])('%j is refused in upstream’s words', (selector, message) => {
    expect(() => parseLabelSelector(selector)).toThrow(message)
  })

  test('is written as it can be read again', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
    const values = fc.uniqueArray(word, { minLength: 1, maxLength: 3 }).map((list) => list.sort())
    const requirement = fc.oneof(
      fc.record({ key: word, operator: fc.constantFrom('In' as const, 'NotIn' as const), values }),
      fc.record({
        key: word,
        operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const),
        values: fc.constant<string[]>([]),
      }),
    )
    const byKey = fc.uniqueArray(requirement, { maxLength: 4, selector: ({ key }) => key })
    fc.assert(
      fc.property(byKey, (requirements) => {
        const sorted = [...requirements].sort((a, b) => (a.key < b.key ? -1 : 1))
        expect(parseLabelSelector(formatRequirements(requirements))).toEqual(sorted)
      }),
    )
  })
})

describe('a LabelSelector object', () => {
  test('selects nothing when absent and everything when empty', () => {
    expect(matchesLabelSelector(undefined, { a: 'b' })).toBe(false)
    expect(matchesLabelSelector({}, { a: 'b' })).toBe(true)
  })

  test('needs its labels and its expressions', () => {
    const selector = {
      matchLabels: { app: 'x' },
      matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['db'] }],
    }
    expect(matchesLabelSelector(selector, { app: 'x' })).toBe(true)
    expect(matchesLabelSelector(selector, { app: 'x', tier: 'db' })).toBe(false)
    expect(formatLabelSelector(selector)).toBe('app=x,tier!=db')
    expect(formatLabelSelector({})).toBe('<none>')
  })
})

test('the selector of a Service selects nothing when it is empty', () => {
  expect(matchesPairs({}, { app: 'x' })).toBe(false)
  expect(matchesPairs({ app: 'x' }, { app: 'x', more: 'y' })).toBe(true)
  expect(matchesPairs({ app: 'x' }, undefined)).toBe(false)
})

describe('a field selector', () => {
  const object: Record<string, string> = { 'status.phase': 'Running', 'metadata.name': 'a,b' }
  const read = (field: string) => object[field] ?? ''

  test.each([
    ['status.phase=Running', true],
    ['status.phase==Running', true],
    ['status.phase!=Running', false],
    ['status.phase!=Failed,status.phase!=Succeeded', true],
    ['metadata.name=a\\,b', true],
    ['spec.nodeName=', true],
    ['', true],
  ])('%j is %s', (selector, expected) => {
    expect(matchesFields(parseFieldSelector(selector), read)).toBe(expected)
  })

  test('is refused when it has no operator', () => {
    expect(() => parseFieldSelector('status.phase')).toThrow(
      "invalid selector: 'status.phase'; can't understand 'status.phase'",
    )
  })
})

import { describe, expect, it } from 'vitest'
import { compile } from './environment.ts'
import { fromCel, toCel } from './values.ts'

const evaluate = (expression: string, self: unknown = {}) =>
  fromCel(compile(expression, ['self']).evaluate({ self: toCel(self) }))

describe('expressions', () => {
  it.each([
    ['self.n + 1', { n: 2 }, 3],
    ['self.n < 2.5', { n: 2 }, true],
    ["has(self.a) ? self.a : 'none'", {}, 'none'],
    ['self.?a.orValue(3)', {}, 3],
    ['self.all(k, k.startsWith("a"))', { ab: 1 }, true],
    ["quantity('1Gi').isLessThan(quantity('2Gi'))", {}, true],
    ["quantity('1500m').isInteger()", {}, false],
    ["quantity('1').add(quantity('500m')).compareTo(quantity('1500m'))", {}, 0],
    ["quantity('50k').asInteger()", {}, 50_000],
    ["ip('10.0.0.1').family()", {}, 4],
    ["cidr('10.0.0.0/8').containsIP('10.1.2.3')", {}, true],
    ["cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')", {}, true],
    ["isIP('1.2.3')", {}, false],
    ["isCIDR('10.0.0.0/33')", {}, false],
    ["url('https://example.com:80/a?b=c').getHost()", {}, 'example.com:80'],
    ["isURL('../a')", {}, false],
    ["'abc 123'.find('[0-9]+')", {}, '123'],
    ["'a1b2'.findAll('[0-9]')", {}, ['1', '2']],
    ["'a,b'.split(',')", {}, ['a', 'b']],
    ["'a b a'.replace('a', 'c')", {}, 'c b c'],
    ['[3, 1, 2].max()', {}, 3],
    ['[1, 2, 3].isSorted()', {}, true],
    ['[1, 2].sum()', {}, 3],
    ["sets.contains(['a', 'b'], ['a'])", {}, true],
    ["'%s has %d'.format([self.name, 2])", { name: 'x' }, 'x has 2'],
    ["format.dns1123Label().validate('A_').hasValue()", {}, true],
    ["!format.dns1123Label().validate('a').hasValue()", {}, true],
  ])('%s of %j is %j', (expression, self, expected) => {
    expect(evaluate(expression, self)).toEqual(expected)
  })

  it.each([
    ['self.x', 'no such key: x'],
    ['1 / 0 == 1', 'division by zero'],
    [
      "ip('x') == ip('y')",
      'IP Address "x" parse error during conversion from string: ParseAddr("x"): unable to parse IP',
    ],
    ['[].max()', 'max called on empty list'],
  ])('%s fails with its reason', (expression, why) => {
    expect(() => evaluate(expression)).toThrow(why)
  })

  it('name the place of what does not compile', () => {
    expect(() => compile('1 + foo', [])).toThrow(
      "compilation failed: ERROR: <input>:1:5: undeclared reference to 'foo' (in container '')\n | 1 + foo\n | ....^",
    )
    expect(() => compile('self.a ==', ['self'])).toThrow('Syntax error')
  })

  it('are bounded in size', () => {
    expect(() => compile(`${'('.repeat(500)}1${')'.repeat(500)}`, [])).toThrow('compilation failed')
  })
})

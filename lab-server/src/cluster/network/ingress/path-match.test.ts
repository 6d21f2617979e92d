import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choosePath, choosePattern, coversPath, type PathRule, type PathType } from './path-match.ts'

const rule = (path: string, pathType: PathType = 'Prefix'): PathRule => ({ path, pathType })

describe('coversPath', () => {
  // The table of the Ingress documentation.
  it.each<[PathType, string, string, boolean]>([
    ['Prefix', '/', '/anything', true],
    ['Exact', '/foo', '/foo', true],
    ['Exact', '/foo', '/bar', false],
    ['Exact', '/foo', '/foo/', false],
    ['Exact', '/foo/', '/foo', false],
    ['Prefix', '/foo', '/foo', true],
    ['Prefix', '/foo', '/foo/', true],
    ['Prefix', '/foo/', '/foo', true],
    ['Prefix', '/foo/', '/foo/', true],
    ['Prefix', '/aaa/bb', '/aaa/bbb', false],
    ['Prefix', '/aaa/bbb', '/aaa/bbb/ccc', true],
    ['Prefix', '/aaa/bbb', '/aaa/bbbxyz', false],
    ['ImplementationSpecific', '/aaa/b', '/aaa/bbb', true],
  ])('%s %s against %s is %s', (pathType, path, requested, expected) => {
    expect(coversPath(rule(path, pathType), requested)).toBe(expected)
  })

  const element = fc.stringMatching(/^[a-z]{1,3}$/)
  const path = fc.array(element, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`)

  it('agrees with a comparison of elements for every prefix', () => {
    const elements = (text: string) => text.split('/').filter((part) => part !== '')
    fc.assert(
      fc.property(path, path, (prefix, requested) => {
        const wanted = elements(prefix)
        const expected = wanted.every((part, index) => elements(requested)[index] === part)
        expect(coversPath(rule(prefix), requested)).toBe(expected)
      }),
    )
  })

  it('chooses the longest prefix, whatever the order of the rules', () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 6 }), path, (prefixes, requested) => {
        const rules = prefixes.map((prefix) => rule(prefix))
        const chosen = choosePath(rules, requested)
        expect(choosePath(rules.toReversed(), requested)).toEqual(chosen)
        const longest = Math.max(-1, ...rules.filter((one) => coversPath(one, requested)).map((one) => one.path.length))
        expect(chosen?.path.length ?? -1).toBe(longest)
      }),
    )
  })
})

describe('choosePath', () => {
  it('prefers an exact rule to a longer prefix', () => {
    const rules = [rule('/api'), rule('/api', 'Exact')]
    expect(choosePath(rules, '/api')?.pathType).toBe('Exact')
    expect(choosePath(rules, '/api/tasks')?.pathType).toBe('Prefix')
  })
})

describe('choosePattern', () => {
  it('takes paths as expressions, longest first, and survives an invalid one', () => {
    const rules = [rule('/'), rule('/api(/|$)(.*)'), rule('/((')]
    expect(choosePattern(rules, '/API/tasks')?.path).toBe('/api(/|$)(.*)')
    expect(choosePattern(rules, '/other')?.path).toBe('/')
  })
})

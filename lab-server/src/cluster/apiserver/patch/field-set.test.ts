import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  differenceOf,
  emptySet,
  type FieldSet,
  fromFieldsV1,
  insertPath,
  intersectionOf,
  pathsOf,
  printPath,
  toFieldsV1,
  unionOf,
  withoutSubtree,
} from './field-set.ts'

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:"y"')
const paths = fc.array(fc.array(element, { minLength: 1, maxLength: 4 }), { maxLength: 8 })

function setOf(list: string[][]): FieldSet {
  const set = emptySet()
  for (const path of list) insertPath(set, path)
  return set
}

const keysOf = (set: FieldSet) => new Set(pathsOf(set).map((path) => path.join(' ')))

describe('field sets', () => {
  it('survive being written and read', () => {
    fc.assert(
      fc.property(paths, (list) => {
        const set = setOf(list)
        expect(keysOf(fromFieldsV1(toFieldsV1(set)))).toEqual(keysOf(set))
      }),
    )
  })

  it('combine as sets of paths do', () => {
    fc.assert(
      fc.property(paths, paths, (left, right) => {
        const [one, other] = [keysOf(setOf(left)), keysOf(setOf(right))]
        expect(keysOf(unionOf(setOf(left), setOf(right)))).toEqual(new Set([...one, ...other]))
        expect(keysOf(intersectionOf(setOf(left), setOf(right)))).toEqual(
          new Set([...one].filter((key) => other.has(key))),
        )
        expect(keysOf(differenceOf(setOf(left), setOf(right)))).toEqual(
          new Set([...one].filter((key) => !other.has(key))),
        )
      }),
    )
  })

  it('lose a path with all that is below it', () => {
    const set = setOf([['f:a'], ['f:a', 'f:b'], ['f:b']])
    expect(pathsOf(withoutSubtree(set, ['f:a']))).toEqual([['f:b']])
  })

  it('are written as upstream writes them', () => {
    const set = setOf([
      ['f:data', 'f:x'],
      ['f:list', 'k:{"name":"x"}'],
      ['f:list', 'k:{"name":"x"}', 'f:name'],
    ])
    expect(toFieldsV1(set)).toEqual({
      'f:data': { 'f:x': {} },
      'f:list': { 'k:{"name":"x"}': { '.': {}, 'f:name': {} } },
    })
  })

  it('print paths as conflicts name them', () => {
    const path = ['f:spec', 'f:ports', 'k:{"containerPort":80,"protocol":"TCP"}', 'f:name']
    expect(printPath(path)).toBe('.spec.ports[containerPort=80,protocol="TCP"].name')
    expect(printPath(['f:metadata', 'f:finalizers', 'v:"example.com/hold"'])).toBe(
      '.metadata.finalizers[="example.com/hold"]',
    )
  })
})

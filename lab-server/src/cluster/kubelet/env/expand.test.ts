import { expect, it } from 'vitest'
import { expandReferences } from './expand.ts'

const values = { A: 'a', EMPTY: '', NESTED: '$(A)' }
const cases: [string, string][] = [
  ['plain', 'plain'],
  ['$(A)', 'a'],
  ['x$(A)y$(A)z', 'xayaz'],
  ['$(EMPTY)', ''],
  ['$(NESTED)', '$(A)'],
  ['$(MISSING)', '$(MISSING)'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$a'],
  ['$A $[A]', '$A $[A]'],
  ['$(A', '$(A'],
  ['$', '$'],
  ['100$', '100$'],
  ['$(constructor)', '$(constructor)'],
]
it.each(cases)('expands %s to %s', (text, expected) => {
  expect(expandReferences(text, values)).toBe(expected)
})

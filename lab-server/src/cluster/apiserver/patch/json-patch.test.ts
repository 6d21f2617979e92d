import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { applyJsonPatch, JsonPatchError, type JsonPatchOperation, parseJsonPatch } from './json-patch.ts'
import type { JsonValue } from './json-value.ts'

interface SuiteCase {
  comment?: string
  doc: JsonValue
  patch: unknown
  expected?: JsonValue
  error?: string
  disabled?: boolean
}

const require = createRequire(import.meta.url)
const cases = ['spec_tests.json', 'tests.json']
  .flatMap((file) => require(`json-patch-test-suite/${file}`) as SuiteCase[])
  .filter((entry) => !entry.disabled && entry.patch !== undefined)

function patch(document: JsonValue, operations: unknown): JsonValue {
  return applyJsonPatch(document, parseJsonPatch(operations))
}

describe('json-patch-test-suite', () => {
  it('has the cases we expect to run', () => {
    expect(cases.length).toBeGreaterThan(90)
  })

  for (const [index, entry] of cases.entries()) {
    it(`${index}: ${entry.comment ?? entry.error ?? JSON.stringify(entry.patch)}`, () => {
      if (entry.error !== undefined) {
        expect(() => patch(entry.doc, entry.patch)).toThrow(JsonPatchError)
        return
      }
      const result = patch(entry.doc, entry.patch)
      if (entry.expected !== undefined) expect(result).toEqual(entry.expected)
    })
  }
})

describe('applyJsonPatch', () => {
  it('leaves the document alone when a later operation fails', () => {
    const document = Object.freeze({ a: Object.freeze({ b: 1 }) })
    const operations = [
      { op: 'replace', path: '/a/b', value: 2 },
      { op: 'test', path: '/a/b', value: 3 },
    ]
    expect(() => patch(document, operations)).toThrow('testing value /a/b failed')
    expect(document).toEqual({ a: { b: 1 } })
  })

  it.each(['/__proto__/polluted', '/constructor/prototype/polluted', '/a/__proto__', '/a/prototype'])(
    'refuses the pointer %s',
    (path) => {
      expect(() => patch({ a: {} }, [{ op: 'add', path, value: true }])).toThrow('forbidden member')
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    },
  )

  it('refuses a forbidden member as the source of a copy', () => {
    expect(() => patch({ a: {} }, [{ op: 'copy', from: '/__proto__', path: '/b' }])).toThrow(JsonPatchError)
  })

  it('does not find what an object merely inherits', () => {
    expect(() => patch({ a: {} }, [{ op: 'copy', from: '/a/toString', path: '/b' }])).toThrow('missing path')
  })

  it('takes an absent member for null in a test, as Kubernetes does', () => {
    expect(patch({ a: {} }, [{ op: 'test', path: '/a/b', value: null }])).toEqual({ a: {} })
    expect(() => patch({ a: { b: 1 } }, [{ op: 'test', path: '/a/b', value: null }])).toThrow('testing value')
    expect(() => patch({}, [{ op: 'test', path: '/a/b', value: null }])).toThrow('missing path')
    expect(() => patch({ a: [] }, [{ op: 'test', path: '/a/0', value: null }])).toThrow('missing path')
  })

  it('does not create missing parents', () => {
    expect(() => patch({}, [{ op: 'add', path: '/a/b', value: 1 }])).toThrow('missing path')
  })

  it('does not share values between the patch and the result', () => {
    const value = { list: [1] }
    const operations: JsonPatchOperation[] = [
      { op: 'add', path: '/a', value },
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'add', path: '/b/list/-', value: 2 },
    ]
    expect(applyJsonPatch({}, operations)).toEqual({ a: { list: [1] }, b: { list: [1, 2] } })
    expect(value).toEqual({ list: [1] })
  })
})

import { expect, test } from 'vitest'
import type { KubeObject } from '../objects/types.ts'
import { normalizeObject } from './normalize.ts'

function normalized(kind: string, content: object): unknown {
  const object = structuredClone({ metadata: {}, ...content }) as KubeObject
  normalizeObject({ group: '', version: 'v1', kind }, object)
  return object
}

test('writes amounts in one way, also those given as numbers', () => {
  const limits = { cpu: 0.5, memory: '1024Mi' }
  expect(normalized('Pod', { spec: { containers: [{ resources: { limits } }] } })).toEqual({
    metadata: {},
    spec: { containers: [{ resources: { limits: { cpu: '500m', memory: '1Gi' } } }] },
  })
})

test('drops unknown fields, nulls and empty optional collections, but keeps empty structs', () => {
  const spec = {
    bogus: 1,
    nodeName: null,
    nodeSelector: {},
    tolerations: [],
    volumes: [{ name: 'v', emptyDir: {} }],
    containers: [{ name: 'c', args: [] }],
  }
  expect(normalized('Pod', { metadata: { creationTimestamp: null }, spec })).toEqual({
    metadata: {},
    spec: { volumes: [{ name: 'v', emptyDir: {} }], containers: [{ name: 'c' }] },
  })
})

test('keeps required lists and the keys of maps', () => {
  expect(normalized('Pod', { spec: { containers: [] } })).toEqual({ metadata: {}, spec: { containers: [] } })
  expect(normalized('ConfigMap', { data: { a: '', b: null } })).toEqual({ metadata: {}, data: { a: '', b: '' } })
})

test('keeps whole seconds of times', () => {
  const metadata = { creationTimestamp: '2026-11-23T04:00:00.25+01:00' }
  expect(normalized('ConfigMap', { metadata })).toEqual({ metadata: { creationTimestamp: '2026-11-23T03:00:00Z' } })
})

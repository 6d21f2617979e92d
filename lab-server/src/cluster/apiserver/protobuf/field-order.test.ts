import { expect, it } from 'vitest'
import { kinds } from '../../objects/kinds.ts'
import type { KubeObject } from '../../objects/types.ts'
import { inUpstreamOrder } from './field-order.ts'

function kindOf(name: string) {
  const kind = kinds.find(({ kind }) => kind === name)
  if (kind === undefined) throw new Error(`no ${name}`)
  return kind
}

const custom = { ...kindOf('ConfigMap'), group: 'example.com', kind: 'Lab', plural: 'labs' }

it.each([
  [
    'fields of structs in Go’s order, inlined ones in their place',
    'Pod',
    '{"spec":{"restartPolicy":"Never","containers":[{"image":"a","name":"b"}],"initContainers":[],"volumes":[{"emptyDir":{},"name":"v"}]},"metadata":{"labels":{},"name":"p"},"apiVersion":"v1","kind":"Pod"}',
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","labels":{}},"spec":{"volumes":[{"name":"v","emptyDir":{}}],"initContainers":[],"containers":[{"name":"b","image":"a"}],"restartPolicy":"Never"}}',
  ],
  [
    'keys of maps by the alphabet, also those of prototypes',
    'ConfigMap',
    '{"data":{"b":"1","__proto__":"2","a":"3"},"metadata":{},"kind":"ConfigMap","apiVersion":"v1"}',
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{},"data":{"__proto__":"2","a":"3","b":"1"}}',
  ],
  [
    'what upstream does not know last',
    'ConfigMap',
    '{"zzz":1,"metadata":{},"kind":"ConfigMap","apiVersion":"v1"}',
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{},"zzz":1}',
  ],
])('puts %s', (_what, kind, given, expected) => {
  expect(JSON.stringify(inUpstreamOrder(kindOf(kind), JSON.parse(given)))).toBe(expected)
})

it('puts everything in a custom resource by the alphabet', () => {
  const given =
    '{"spec":{"b":[{"d":1,"c":2}],"a":1},"metadata":{"name":"x","labels":{}},"kind":"Lab","apiVersion":"example.com/v1"}'
  expect(JSON.stringify(inUpstreamOrder(custom, JSON.parse(given)))).toBe(
    '{"apiVersion":"example.com/v1","kind":"Lab","metadata":{"labels":{},"name":"x"},"spec":{"a":1,"b":[{"c":2,"d":1}]}}',
  )
})

it('makes no copy of parts that are in order', () => {
  const spec = { containers: [{ name: 'a', image: 'b' }], restartPolicy: 'Never' }
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec } as KubeObject
  expect(inUpstreamOrder(kindOf('Pod'), object).spec).toBe(spec)
})

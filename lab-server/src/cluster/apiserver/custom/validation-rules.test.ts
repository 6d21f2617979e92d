import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { object, startTestServer, type TestServer } from '../testing/test-server.ts'
import type { StructuralSchema } from './structural-schema.ts'

let server: TestServer
const path = '/apis/example.com/v1/namespaces/test/scalers'
const schema: StructuralSchema = {
  type: 'object',
  'x-kubernetes-validations': [{ rule: "self.metadata.name != 'forbidden'", message: 'that name is taken' }],
  properties: {
    spec: {
      type: 'object',
      'x-kubernetes-validations': [
        { rule: 'self.replicas <= self.maxReplicas' },
        {
          rule: '!has(self.minReplicas) || self.minReplicas <= self.replicas',
          messageExpression: "'replicas must be at least %d'.format([self.minReplicas])",
          fieldPath: '.replicas',
        },
        {
          rule: '!has(oldSelf.zone) || has(self.zone)',
          message: 'zone may not be removed',
          reason: 'FieldValueRequired',
          fieldPath: '.zone',
        },
      ],
      required: ['replicas', 'maxReplicas'],
      properties: {
        replicas: { type: 'integer' },
        minReplicas: { type: 'integer' },
        maxReplicas: { type: 'integer' },
        zone: {
          type: 'string',
          'x-kubernetes-validations': [
            { rule: 'self == oldSelf', message: 'zone is immutable', reason: 'FieldValueForbidden' },
          ],
        },
        memory: {
          type: 'string',
          'x-kubernetes-validations': [{ rule: "quantity(self).isLessThan(quantity('1Gi'))" }],
        },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            properties: { name: { type: 'string' }, port: { type: 'integer' } },
            'x-kubernetes-validations': [{ rule: 'self.port >= oldSelf.port', message: 'ports only grow' }],
          },
        },
        'a-b': { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 0' }] },
        missing: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          'x-kubernetes-validations': [{ rule: 'self.not.there' }],
        },
      },
    },
    status: {
      type: 'object',
      properties: { ready: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= 0' }] } },
    },
  },
}

const definition = (name: string, openAPIV3Schema: StructuralSchema) =>
  object(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    { name: `${name}s.example.com` },
    {
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: name[0]?.toUpperCase() + name.slice(1), plural: `${name}s` },
        versions: [
          { name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema } },
        ],
      },
    },
  )

beforeAll(async () => {
  server = await startTestServer()
  await server.client.create(definition('scaler', schema))
  await new Promise((resolve) => setImmediate(resolve))
})
afterAll(() => server.stop())

const send = (name: string, spec: object) => server.call('POST', path, { body: { metadata: { name }, spec } })
const change = (name: string, body: object, part = '') =>
  server.call('PATCH', `${path}/${name}${part}`, { body, headers: { 'content-type': 'application/merge-patch+json' } })
const refusal = (name: string, why: string) => `Scaler.example.com "${name}" is invalid: ${why}`

describe('rules of custom resources', () => {
  it.each([
    [
      'a rule without a message',
      { replicas: 3, maxReplicas: 2 },
      'spec: Invalid value: "object": failed rule: self.replicas <= self.maxReplicas',
    ],
    [
      'an expression as message, and a path',
      { replicas: 1, minReplicas: 2, maxReplicas: 2 },
      'spec.replicas: Invalid value: "object": replicas must be at least 2',
    ],
    [
      'an amount',
      { replicas: 1, maxReplicas: 1, memory: '2Gi' },
      `spec.memory: Invalid value: "string": failed rule: quantity(self).isLessThan(quantity('1Gi'))`,
    ],
    [
      'a field whose name is no identifier',
      { replicas: 1, maxReplicas: 1, 'a-b': 0 },
      'spec.a-b: Invalid value: "integer": failed rule: self > 0',
    ],
    [
      'a rule that cannot be evaluated',
      { replicas: 1, maxReplicas: 1, missing: {} },
      'spec.missing: Invalid value: "object": no such key: not evaluating rule: self.not.there',
    ],
  ])('refuse, told by %s', async (_what, spec, why) => {
    const { code, body } = await send('one', spec)
    expect(code).toBe(422)
    expect(body.message).toBe(refusal('one', why))
  })

  it('see the name, and say nothing of an object whose shape is wrong', async () => {
    const named = await send('forbidden', { replicas: 1, maxReplicas: 1 })
    expect(named.body.message).toBe(refusal('forbidden', '<nil>: Invalid value: "object": that name is taken'))
    const shapeless = await send('one', { replicas: 1 })
    expect(shapeless.body.message).toBe(
      refusal(
        'one',
        '[spec.maxReplicas: Required value, <nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
      ),
    )
  })

  it('compare with what was stored, items of keyed lists too', async () => {
    const ports = [{ name: 'http', port: 80 }]
    expect((await send('two', { replicas: 1, maxReplicas: 2, zone: 'a', ports })).code).toBe(201)
    expect((await change('two', { spec: { replicas: 2 } })).code).toBe(200)
    const moved = await change('two', { spec: { zone: 'b' } })
    expect(moved.body.message).toBe(refusal('two', 'spec.zone: Forbidden: zone is immutable'))
    const removed = await change('two', { spec: { zone: null } })
    expect(removed.body.message).toBe(refusal('two', 'spec.zone: Required value: zone may not be removed'))
    const shrunk = await change('two', {
      spec: {
        ports: [
          { name: 'new', port: 1 },
          { name: 'http', port: 79 },
        ],
      },
    })
    expect(shrunk.body.message).toBe(refusal('two', 'spec.ports[1]: Invalid value: "object": ports only grow'))
  })

  it('hold for the status', async () => {
    const { body } = await change('two', { status: { ready: -1 } }, '/status')
    expect(body.message).toBe(refusal('two', 'status.ready: Invalid value: "integer": failed rule: self >= 0'))
    expect((await change('two', { status: { ready: 1 } }, '/status')).code).toBe(200)
  })

  it('must compile before they are kept', async () => {
    const wrong: StructuralSchema = {
      type: 'object',
      properties: { spec: { type: 'object', 'x-kubernetes-validations': [{ rule: 'foo == 1' }] } },
    }
    const { code, body } = await server.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      body: definition('wrong', wrong),
    })
    expect(code).toBe(422)
    expect(body.message).toContain(
      'spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: apiextensions.ValidationRule{Rule:"foo == 1"',
    )
    expect(body.message).toContain(
      "compilation failed: ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')\n | foo == 1\n | ^",
    )
  })

  it.each([
    ['self.size > 1', "compilation failed: ERROR: <input>:1:5: undefined field 'size'\n | self.size > 1\n | ....^"],
    ['self.replicas', 'cel expression must evaluate to a bool'],
    ['self.replicas == "1"', "found no matching overload for '_==_' applied to '(int, string)'"],
  ])('must fit the schema: %s does not', async (rule, why) => {
    const properties = { replicas: { type: 'integer' } }
    const spec: StructuralSchema = { type: 'object', properties, 'x-kubernetes-validations': [{ rule }] }
    const { code, body } = await server.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      body: definition('wrong', { type: 'object', properties: { spec } }),
    })
    expect(code).toBe(422)
    expect(body.message).toContain(why)
  })
})

describe('what was stored before its schema grew stricter', () => {
  const olds = '/apis/example.com/v1/namespaces/test/olds'
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const shaped = (spec: StructuralSchema): StructuralSchema => ({
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        ...spec,
        properties: { name: { type: 'string' }, n: { type: 'integer' }, ...spec.properties },
      },
    },
  })
  const merge = { 'content-type': 'application/merge-patch+json' }
  const patch = (body: object) => server.call('PATCH', `${olds}/kept`, { body, headers: merge })

  it('is kept when the schema grows, while new objects are refused', async () => {
    await server.call('POST', definitions, { body: definition('old', shaped({})) })
    const spec = { name: 'Big', n: 200 }
    await expect
      .poll(async () => (await server.call('POST', olds, { body: { metadata: { name: 'kept' }, spec } })).code)
      .toBe(201)
    const stricter = shaped({
      properties: {
        name: { type: 'string', pattern: '^[a-z]+$' },
        n: { type: 'integer', maximum: 100, 'x-kubernetes-validations': [{ rule: 'self < 100' }] },
      },
    })
    const versions = definition('old', stricter).spec
    await server.call('PATCH', `${definitions}/olds.example.com`, { body: { spec: versions }, headers: merge })
    await expect
      .poll(
        async () => (await server.call('POST', `${olds}?dryRun=All`, { body: { metadata: { name: 'x' }, spec } })).code,
      )
      .toBe(422)
  })

  it('may change elsewhere', async () => {
    expect((await patch({ metadata: { labels: { a: 'b' } } })).code).toBe(200)
    expect((await patch({ spec: { n: 50 } })).code).toBe(200)
  })

  it('is held to the schema where it changes', async () => {
    const { code, body } = await patch({ spec: { name: 'Bigger' } })
    expect(code).toBe(422)
    expect(body.message).toContain("spec.name in body should match '^[a-z]+$'")
    expect((await patch({ spec: { n: 300 } })).code).toBe(422)
  })
})

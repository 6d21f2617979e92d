import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { object, startTestServer, type TestServer } from '../testing/test-server.ts'
import { parseJsonPath } from './json-path.ts'
import { schemaErrors } from './schema-validation.ts'
import { applySchemaDefaults, pruneUnknown, type StructuralSchema } from './structural-schema.ts'

const schema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['level'],
      properties: {
        level: { type: 'integer', minimum: 1, maximum: 5 },
        name: { type: 'string', default: 'none', pattern: '^[a-z]*$' },
        kind: { type: 'string', enum: ['a', 'b'] },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        port: { 'x-kubernetes-int-or-string': true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        map: { type: 'object', additionalProperties: { type: 'integer' } },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
}

describe('schemas', () => {
  it.each([
    [{ level: 9 }, ['spec.level: Invalid value: 9: spec.level in body should be less than or equal to 5']],
    [{}, ['spec.level: Required value']],
    [{ level: 'x' }, ['spec.level: Invalid value: "string": spec.level in body must be of type integer: "string"']],
    [{ level: 1, kind: 'c' }, ['spec.kind: Unsupported value: "c": supported values: "a", "b"']],
    [{ level: 1, name: 'A' }, ['spec.name: Invalid value: "A": spec.name in body should match \'^[a-z]*$\'']],
    [{ level: 1, tags: ['a', 'a'] }, ['spec.tags[1]: Duplicate value: "a"']],
    [
      { level: 1, port: 1.5 },
      ['spec.port: Invalid value: "number": spec.port in body must be of type integer,string: "number"'],
    ],
    [
      { level: 1, map: { a: 'x' } },
      ['spec.map.a: Invalid value: "string": spec.map.a in body must be of type integer: "string"'],
    ],
    [{ level: 5, port: 'http', tags: ['a', 'b'], map: { a: 1 } }, []],
  ])('say of %j what is wrong', (spec, expected) => {
    expect(schemaErrors(schema, { spec }).map(({ field, message }) => `${field}: ${message}`)).toEqual(expected)
  })

  it('fill in defaults and drop what they do not know', () => {
    const value = { apiVersion: 'v1', metadata: { any: 1 }, spec: { level: 1, extra: 1, free: { x: 1 } }, other: 1 }
    applySchemaDefaults(schema, value)
    expect(pruneUnknown(schema, value)).toEqual(['spec.extra', 'other'])
    expect(value).toEqual({ apiVersion: 'v1', metadata: { any: 1 }, spec: { level: 1, free: { x: 1 }, name: 'none' } })
  })
})

describe('JSONPath', () => {
  const value = {
    spec: {
      list: [
        { type: 'A', n: 1 },
        { type: 'B', n: 2 },
      ],
    },
    metadata: { labels: { 'a.b/c': 'x' } },
  }

  it.each([
    ['.spec.list[0].n', [1]],
    ['.spec.list[*].n', [1, 2]],
    ['.spec.list[?(@.type=="B")].n', [2]],
    ["{.metadata.labels['a.b/c']}", ['x']],
    ['.metadata.labels.a\\.b', []],
    ['.nothing.here', []],
  ])('%s finds %j', (path, expected) => {
    expect(parseJsonPath(path)(value)).toEqual(expected)
  })
})

describe('custom resources', () => {
  let server: TestServer
  const path = '/apis/example.com/v1/namespaces/test/labs'
  const definition = object(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    { name: 'labs.example.com' },
    {
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: 'Lab', plural: 'labs', shortNames: ['lb'] },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            subresources: { status: {} },
            additionalPrinterColumns: [{ name: 'Level', type: 'integer', jsonPath: '.spec.level' }],
            schema: { openAPIV3Schema: schema },
          },
          { name: 'v2', served: true, storage: false, schema: { openAPIV3Schema: schema } },
        ],
      },
    },
  )
  const crd = { name: 'labs.example.com' }
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  beforeAll(async () => {
    server = await startTestServer()
    await server.client.create(definition)
    await settled()
  })
  afterAll(() => server.stop())

  it('are established, discovered and documented', async () => {
    expect(
      server.client.get('CustomResourceDefinition', crd).status?.conditions?.map(({ type, status }) => [type, status]),
    ).toEqual([
      ['NamesAccepted', 'True'],
      ['Established', 'True'],
    ])
    const { body } = await server.call('GET', '/apis/example.com/v1')
    expect(body.resources.map(({ name }: { name: string }) => name)).toEqual(['labs', 'labs/status'])
    expect((await server.call('GET', '/openapi/v3/apis/example.com/v1')).body.components.schemas).toHaveProperty([
      'com.example.v1.Lab',
    ])
  })

  it('are stored with defaults, printed with their columns, and served in every version', async () => {
    const created = await server.call('POST', path, {
      body: { metadata: { name: 'one' }, spec: { level: 3, extra: 1 }, status: { x: 1 } },
    })
    expect(created.body).toMatchObject({
      apiVersion: 'example.com/v1',
      kind: 'Lab',
      metadata: { generation: 1 },
      spec: { level: 3, name: 'none' },
    })
    expect(created.body.spec).not.toHaveProperty('extra')
    expect(created.body).not.toHaveProperty('status')
    const table = await server.call('GET', path, {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    })
    expect(table.body.rows[0].cells).toEqual(['one', 3])
    const other = await server.call('GET', '/apis/example.com/v2/namespaces/test/labs/one')
    expect(other.body.apiVersion).toBe('example.com/v2')
  })

  it('are refused when they break their schema', async () => {
    const wrong = await server.call('POST', path, { body: { metadata: { name: 'two' }, spec: { level: 9 } } })
    expect(wrong.body.message).toBe(
      'Lab.example.com "two" is invalid: spec.level: Invalid value: 9: spec.level in body should be less than or equal to 5',
    )
    const strict = await server.call('POST', `${path}?fieldValidation=Strict`, {
      body: { metadata: { name: 'two' }, spec: { level: 1, extra: 1 } },
    })
    expect(strict.body.message).toBe(
      'Lab in version "v1" cannot be handled as a Lab: strict decoding error: unknown field "spec.extra"',
    )
  })

  it('take merge patches but no strategic ones', async () => {
    const patch = (type: string) =>
      server.call('PATCH', `${path}/one`, { body: { spec: { level: 4 } }, headers: { 'content-type': type } })
    expect((await patch('application/strategic-merge-patch+json')).code).toBe(415)
    expect((await patch('application/merge-patch+json')).body.spec.level).toBe(4)
  })

  it('go with their definition, once their finalizers let them', async () => {
    await server.client.patch(
      'Lab',
      { namespace: 'test', name: 'one' },
      { metadata: { finalizers: ['example.com/hold'] } },
    )
    await server.client.remove('CustomResourceDefinition', crd)
    await settled()
    expect((await server.call('GET', `${path}/one`)).body.metadata).toHaveProperty('deletionTimestamp')
    await server.client.patch('Lab', { namespace: 'test', name: 'one' }, { metadata: { finalizers: null } })
    await settled()
    expect(server.client.find('CustomResourceDefinition', crd)).toBeUndefined()
    expect((await server.call('GET', path)).code).toBe(404)
  })

  it('refuse a definition whose name does not fit', async () => {
    const misnamed = await server.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      body: { ...definition, metadata: { name: 'other.example.com' } },
    })
    expect(misnamed.body.message).toContain(
      'metadata.name: Invalid value: "other.example.com": must be spec.names.plural+"."+spec.group',
    )
  })
})

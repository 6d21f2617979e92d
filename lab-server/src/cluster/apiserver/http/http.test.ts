import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { historyLimit } from '../../store/bucket.ts'
import { configMap, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
const configMaps = '/api/v1/namespaces/test/configmaps'
beforeAll(async () => {
  server = await startTestServer()
  await server.client.create(configMap('one', { a: 'b' }))
})
afterAll(() => server.stop())

describe('errors', () => {
  const status = (code: number, reason: string, message: string, details?: object) => ({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details ? { details } : {}),
    code,
  })

  it.each([
    [
      'an unknown field selector',
      'GET',
      `${configMaps}?fieldSelector=data.a%3Db`,
      undefined,
      status(400, 'BadRequest', '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"'),
    ],
    [
      'a missing object',
      'GET',
      `${configMaps}/nosuch`,
      undefined,
      status(404, 'NotFound', 'configmaps "nosuch" not found', { name: 'nosuch', kind: 'configmaps' }),
    ],
    [
      'a missing object of a group',
      'GET',
      '/apis/apps/v1/namespaces/test/deployments/x',
      undefined,
      status(404, 'NotFound', 'deployments.apps "x" not found', { name: 'x', group: 'apps', kind: 'deployments' }),
    ],
    [
      'an unknown path',
      'GET',
      '/nosuch',
      undefined,
      status(404, 'NotFound', 'the server could not find the requested resource', {}),
    ],
    [
      'a method that the resource does not have',
      'POST',
      `${configMaps}/one`,
      '{}',
      status(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {}),
    ],
    [
      'a body that is not JSON',
      'POST',
      configMaps,
      '{',
      status(
        400,
        'BadRequest',
        "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input ({)",
      ),
    ],
    [
      'a body of another kind',
      'POST',
      configMaps,
      '{"kind":"Secret","apiVersion":"v1"}',
      status(
        400,
        'BadRequest',
        'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
      ),
    ],
    [
      'a name that differs from the path',
      'PUT',
      `${configMaps}/one`,
      '{"metadata":{"name":"two"}}',
      status(400, 'BadRequest', 'the name of the object (two) does not match the name on the URL (one)'),
    ],
    [
      'a future version',
      'GET',
      `${configMaps}?resourceVersion=99999999&resourceVersionMatch=NotOlderThan`,
      undefined,
      expect.objectContaining({ code: 504, reason: 'Timeout' }),
    ],
    [
      'initial events without the match rule',
      'GET',
      `${configMaps}?watch=true&sendInitialEvents=true`,
      undefined,
      expect.objectContaining({
        code: 422,
        message:
          'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      }),
    ],
  ])('answers %s as upstream does', async (_what, method, path, body, expected) => {
    const answer = await server.call(method, path, { body })
    expect(answer.body).toEqual(expected)
    expect(answer.code).toBe(answer.body.code)
  })

  it('names unknown and duplicate fields when asked to be strict', async () => {
    const body = '{"metadata":{"name":"x","nmae":"y"},"dta":{},"data":{"a":"1","a":"2"}}'
    const answer = await server.call('POST', `${configMaps}?fieldValidation=Strict`, { body })
    expect(answer.body.message).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "metadata.nmae", unknown field "dta", duplicate field "data.a"',
    )
    const lenient = await server.call('POST', `${configMaps}?dryRun=All`, { body })
    expect(lenient.code).toBe(201)
    expect(lenient.headers.warning).toContain('299 - "unknown field \\"dta\\""')
  })

  it('refuses bodies that are too large or nested too deep, and lives on', async () => {
    const large = await server.call('POST', configMaps, { body: `"${'a'.repeat(3 * 1024 * 1024)}"` })
    expect(large.body).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' })
    const deep = await server.call('POST', configMaps, {
      body: `{"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    })
    expect(deep.body).toMatchObject({ code: 400, reason: 'BadRequest' })
    expect((await server.call('GET', '/readyz')).text).toBe('ok')
  })

  it('keeps a field called __proto__ as data', async () => {
    const body = '{"metadata":{"name":"hostile"},"data":{"__proto__":"x","constructor":"y"}}'
    expect((await server.call('POST', configMaps, { body })).code).toBe(201)
    const { text } = await server.call('GET', `${configMaps}/hostile`)
    expect(text).toContain('"__proto__":"x"')
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  it('says 415 and 406 for forms that it does not speak', async () => {
    const patch = await server.call('PATCH', `${configMaps}/one`, {
      body: '{}',
      headers: { 'content-type': 'text/plain' },
    })
    expect(patch.body).toMatchObject({ code: 415, message: '415: Unsupported Media Type' })
    expect((await server.call('GET', configMaps, { headers: { accept: 'text/html' } })).code).toBe(406)
  })
})

describe('lists', () => {
  it('come page by page as of one version, however much changes in between', async () => {
    const base = '/api/v1/namespaces/test/secrets?limit=2'
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await server.call('POST', '/api/v1/namespaces/test/secrets', { body: { metadata: { name } } })
    }
    const first = (await server.call('GET', base)).body
    expect(first.metadata.remainingItemCount).toBe(3)
    await server.call('DELETE', '/api/v1/namespaces/test/secrets/d')
    await server.call('POST', '/api/v1/namespaces/test/secrets', { body: { metadata: { name: 'c2' } } })
    const names = first.items.map((item: { metadata: { name: string } }) => item.metadata.name)
    let token = first.metadata.continue
    while (token) {
      const page = (await server.call('GET', `${base}&continue=${token}`)).body
      expect(page.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
      names.push(...page.items.map((item: { metadata: { name: string } }) => item.metadata.name))
      token = page.metadata.continue
    }
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('cannot go on with a token from before the kept history', async () => {
    const { continue: token } = (await server.call('GET', '/api/v1/namespaces/test/secrets?limit=1')).body.metadata
    for (let index = 0; index < historyLimit * 1.3; index += 1) {
      await server.client.patch('Secret', { namespace: 'test', name: 'a' }, { metadata: { labels: { n: `${index}` } } })
    }
    const answer = await server.call('GET', `/api/v1/namespaces/test/secrets?limit=1&continue=${token}`)
    expect(answer.body).toMatchObject({ code: 410, reason: 'Expired' })
    const watch = await server
      .openWatch(`/api/v1/namespaces/test/secrets?watch=true&resourceVersion=5`)
      .catch(() => undefined)
    expect(await watch?.next()).toMatchObject({
      type: 'ERROR',
      object: {
        kind: 'Status',
        code: 410,
        reason: 'Expired',
        message: expect.stringMatching(/^too old resource version: 5 \(\d+\)$/),
      },
    })
    watch?.stop()
  })

  it('leave out of each item what the list says already', async () => {
    const { body } = await server.call('GET', configMaps)
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' })
    expect(body.items[0]).not.toHaveProperty('kind')
  })

  it('come as tables with the metadata of each object', async () => {
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }
    const { body } = await server.call('GET', `${configMaps}?fieldSelector=metadata.name%3Done`, { headers })
    expect(body).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      rows: [
        { cells: ['one', 1, expect.any(String)], object: { kind: 'PartialObjectMetadata', metadata: { name: 'one' } } },
      ],
    })
    expect(body.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual(['Name', 'Data', 'Age'])
  })
})

it('counts requests and objects', async () => {
  await server.call('GET', `${configMaps}/nosuch`)
  const { text } = await server.call('GET', '/metrics')
  expect(text).toMatch(
    /apiserver_request_total\{code="404",group="",resource="configmaps",subresource="",version="v1",verb="GET"\} \d+/,
  )
  expect(text).toMatch(/apiserver_storage_objects\{resource="namespaces"\} 5/)
})

describe('JSON', () => {
  const read = async (agent: string, query = '') =>
    (await server.call('GET', `${configMaps}/one${query}`, { headers: { 'user-agent': agent } })).text

  it('is a line for programs and indented for people', async () => {
    expect(await read('kubectl/v1.36.2')).toMatch(/^\{"[^\n]*\}\n$/)
    expect(await read('curl/7.88.1')).toMatch(/^\{\n {2}"/)
    expect(await read('kubectl/v1.36.2', '?pretty=true')).toMatch(/^\{\n {2}"/)
    expect(await read('Mozilla/5.0', '?pretty=false')).toMatch(/^\{"/)
  })
})

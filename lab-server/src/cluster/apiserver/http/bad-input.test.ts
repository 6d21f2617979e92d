// Bodies that mean harm, or nothing: each is refused with a Status, and the server answers on.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { configMap, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
const path = '/api/v1/namespaces/test/configmaps'
const yaml = { 'content-type': 'application/yaml' }
beforeAll(async () => {
  server = await startTestServer()
  await server.client.create(configMap('one', { a: 'b' }))
})
afterAll(() => server.stop())
afterEach(async () => {
  expect((await server.call('GET', '/readyz')).text).toBe('ok')
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

function aliasBomb(): string {
  const lines = ['a: &a ["x","x","x","x","x","x","x","x","x"]']
  for (const [index, name] of [...'bcdefghi'].entries()) {
    const before = 'abcdefghi'[index]
    lines.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`)
  }
  return lines.join('\n')
}

describe('bodies', () => {
  it.each([
    ['a bomb of aliases', aliasBomb(), yaml, 'Excessive alias count'],
    [
      'YAML that is nested too deep',
      `a: ${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      yaml,
      'yaml: exceeded max depth',
    ],
    ['YAML with a key twice', 'metadata: {name: d}\ndata:\n  a: "1"\n  a: "2"\n', yaml, 'Map keys must be unique'],
    ['a list', '[]', {}, 'cannot unmarshal array'],
    ['null', 'null', {}, 'cannot unmarshal null'],
  ])('of %s are refused', async (_what, body, headers, why) => {
    const answer = await server.call('POST', path, { body, headers })
    expect(answer.body).toMatchObject({ kind: 'Status', code: 400, reason: 'BadRequest' })
    expect(answer.body.message).toContain(why)
  })

  it('may have names of 253 characters and data of 1 MiB, and no more', async () => {
    const named = (length: number) =>
      server.call('POST', `${path}?dryRun=All`, { body: { metadata: { name: 'a'.repeat(length) } } })
    expect((await named(253)).code).toBe(201)
    expect((await named(254)).body).toMatchObject({ code: 422, reason: 'Invalid' })
    const large = await server.call('POST', path, {
      body: { metadata: { name: 'big' }, data: { a: 'x'.repeat(1.5 * 1024 * 1024) } },
    })
    expect(large.body.message).toBe('ConfigMap "big" is invalid: []: Too long: may not be more than 1048576 bytes')
  })

  it.each(['merge-patch', 'strategic-merge-patch'])('of a %s do not reach prototypes', async (type) => {
    const body = '{"__proto__":{"polluted":1},"metadata":{"labels":{"__proto__":"y"}}}'
    const headers = { 'content-type': `application/${type}+json` }
    expect((await server.call('PATCH', `${path}/one`, { body, headers })).body).toMatchObject({
      code: 422,
      reason: 'Invalid',
    })
  })

  it('of a JSON patch do not reach prototypes', async () => {
    const body = '[{"op":"add","path":"/__proto__/polluted","value":1}]'
    const headers = { 'content-type': 'application/json-patch+json' }
    expect((await server.call('PATCH', `${path}/one`, { body, headers })).code).toBe(422)
  })
})

it.each(['PROPFIND', 'OPTIONS'])('the method %s is not allowed', async (method) => {
  expect((await server.call(method, path)).body).toMatchObject({
    kind: 'Status',
    code: 405,
    reason: 'MethodNotAllowed',
  })
})

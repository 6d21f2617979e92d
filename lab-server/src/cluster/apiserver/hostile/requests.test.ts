// Requests that mean harm: bodies that are no text, paths that climb, queries that make no sense.
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { configMap, startTestServer, type TestServer } from '../testing/test-server.ts'
import { head, openRaw } from './raw-connection.ts'
import { runs } from './runs.ts'

let server: TestServer
const unexpected: unknown[] = []
const configMaps = '/api/v1/namespaces/test/configmaps'
beforeAll(async () => {
  server = await startTestServer({ onUnexpected: (error) => unexpected.push((error as Error).stack) })
  await server.client.create(configMap('one', { a: 'b' }))
})
afterAll(() => server.stop())
afterEach(async () => {
  expect(unexpected.splice(0)).toEqual([])
  expect((await server.call('GET', '/readyz')).text).toBe('ok')
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

const unrecognised = "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; "

describe('bodies', () => {
  const deep = (length: number) => `{"a":`.repeat(length)
  it.each([
    ['nothing', '', 'json parse error: unexpected end of JSON input (<empty>)'],
    [
      'an object that is cut',
      '{"metadata":{"name":"x"',
      'json parse error: unexpected end of JSON input ({"metadata":{"name":"x")',
    ],
    ['10,000 levels', deep(10_000), `json parse error: exceeded max depth (${deep(6)} ...)`],
    ['NaN', '{"a":NaN}', 'json parse error: invalid character \'N\' looking for beginning of value ({"a":NaN})'],
    [
      'a byte order mark',
      '\ufeff{}',
      "json parse error: invalid character 'ï' looking for beginning of value (\ufeff{})",
    ],
    [
      'a comma too many',
      '{"a":1,}',
      'json parse error: invalid character \'}\' looking for beginning of object key string ({"a":1,})',
    ],
    ['two values', '{} {}', "json parse error: invalid character '{' after top-level value ({} {})"],
  ])('of %s are refused', async (_what, body, why) => {
    const answer = await server.call('POST', configMaps, { body })
    expect([answer.code, answer.body.message]).toEqual([400, `${unrecognised}${why}`])
  })

  it.each([
    ['text/plain', '{}'],
    ['application/xml', '<a/>'],
    [';;;', '{}'],
    ['multipart/form-data; boundary=x', '--x--'],
  ])('of type %s are not read', async (type, body) => {
    const answer = await server.call('POST', configMaps, { body, headers: { 'content-type': type } })
    expect(answer.body).toMatchObject({ code: 415, reason: 'UnsupportedMediaType' })
    expect(answer.body.message).toMatch(
      /^the body of the request was in an unknown format - accepted media types include: /,
    )
  })

  it('may have 3 MiB, and no byte more', async () => {
    const limit = 3 * 1024 * 1024
    const around = '{"metadata":{"name":"big"},"data":{"a":""}}'
    const sized = (size: number) => around.replace('""', `"${'x'.repeat(size - around.length)}"`)
    expect((await server.call('POST', configMaps, { body: sized(limit) })).code).toBe(422)
    const { body } = await server.call('POST', configMaps, { body: sized(limit + 1) })
    expect(body).toMatchObject({
      code: 413,
      reason: 'RequestEntityTooLarge',
      message: `Request entity too large: limit is ${limit}`,
    })
  })

  it('whose characters are broken are stored as Go’s decoder mends them', async () => {
    const named = (name: string, value: Buffer) => [
      Buffer.from(`{"metadata":{"name":"${name}"},"data":{"a":"`),
      value,
      Buffer.from('"}}'),
    ]
    for (const [name, value] of [
      ['invalid-utf8', Buffer.from([0xff, 0xfe])],
      ['surrogates', Buffer.from('\\ud800\\udc')],
    ] as const) {
      const raw = await openRaw(server)
      const body = Buffer.concat(named(name, value))
      raw.send(head('POST', configMaps, { 'Content-Length': body.length, 'Content-Type': 'application/json' }))
      raw.send(body)
      await raw.read((text) => text.includes('\r\n\r\n'))
      raw.drop()
    }
    const { body } = await server.call('GET', `${configMaps}/invalid-utf8`)
    expect(body.data).toEqual({ a: '\ufffd\ufffd' })
    const lone = '{"metadata":{"name":"lone"},"data":{"a":"x\\ud800y","b":"\\ud83d\\ude00"}}'
    expect((await server.call('POST', configMaps, { body: lone })).body.data).toEqual({ a: 'x\ufffdy', b: '😀' })
  })

  it('with NUL in a name are refused, and in a value are kept', async () => {
    const body = { metadata: { name: 'nul' }, data: { a: 'x\u0000y' } }
    expect((await server.call('POST', configMaps, { body })).body.data).toEqual({ a: 'x\u0000y' })
    const named = await server.call('POST', configMaps, { body: { metadata: { name: 'x\u0000y' } } })
    expect(named.body).toMatchObject({ code: 422, details: { causes: [{ field: 'metadata.name' }] } })
  })

  it.each(['1e999', '9'.repeat(400), '1e40'])(
    'with the number %s where an integer belongs are refused',
    async (number) => {
      const body = `{"metadata":{"name":"n","generation":${number}}}`
      expect((await server.call('POST', configMaps, { body })).body).toMatchObject({ code: 400, reason: 'BadRequest' })
    },
  )

  it('with a field twice are refused when the client is strict, and warned of otherwise', async () => {
    const body = '{"metadata":{"name":"twice"},"data":{"a":"1","a":"2"}}'
    const strict = await server.call('POST', `${configMaps}?fieldValidation=Strict`, { body })
    expect([strict.code, strict.body.message]).toEqual([
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.a"',
    ])
    const warned = await server.call('POST', configMaps, { body })
    expect([warned.code, warned.headers.warning]).toEqual([201, '299 - "duplicate field \\"data.a\\""'])
  })

  it('with keys of prototypes are data', async () => {
    const body = '{"metadata":{"name":"proto"},"data":{"__proto__":"x","constructor":"y"},"__proto__":{"polluted":1}}'
    const answer = await server.call('POST', configMaps, { body })
    expect(answer.code).toBe(201)
    expect(answer.text).toContain('"data":{"__proto__":"x","constructor":"y"}')
    expect(answer.body).not.toHaveProperty('polluted')
  })

  it('of any bytes are answered with a Status, whatever they are said to be', async () => {
    const types = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'text/html', '']
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(...types),
        fc.boolean(),
        async (bytes, type, isMessage) => {
          // Behind the four bytes of a message, protobuf is read.
          const body = isMessage ? Buffer.concat([Buffer.from('k8s\0'), bytes]) : Buffer.from(bytes)
          const raw = await openRaw(server)
          raw.send(
            head('POST', configMaps, { 'Content-Length': body.length, 'Content-Type': type, Connection: 'close' }),
          )
          raw.send(body)
          expect(await raw.read()).toMatch(/^HTTP\/1.1 4\d\d .*"kind":"Status"/s)
          expect(unexpected.splice(0)).toEqual([])
        },
      ),
      runs(60),
    )
  })
})

describe('paths', () => {
  it.each([
    ['/api/v1/namespaces/test/configmaps/..', 404],
    ['/api/v1/namespaces/test/configmaps/%2e%2e', 404],
    ['/api/v1/namespaces/test/configmaps/..%2f..%2fsecrets/x', 404],
    ['/api/v1/namespaces/test/configmaps/one%2fstatus', 404],
    ['/api/v1/namespaces/../../../etc/passwd', 404],
    ['/openapi/v3/../../../../etc/passwd', 404],
    ['/api/v1/namespaces/test/configmaps/%00', 404],
    ['/api/v1/namespaces/test/configmaps/%zz', 400],
    ['/api/v1/namespaces/test/configmaps/%', 400],
    ['/api/v1/namespaces/test/configmaps/__proto__', 404],
    ['/api/v1/__proto__', 404],
    ['/apis/constructor/v1/x', 404],
    ['/openapi/v3/apis/__proto__/v1', 404],
  ])('%s is answered with %i', async (path, code) => {
    const raw = await openRaw(server)
    raw.send(head('GET', path, { Connection: 'close' }))
    expect(await raw.read()).toMatch(new RegExp(`^HTTP/1.1 ${code} `))
  })

  it('an encoded slash parts names, as it does upstream', async () => {
    expect((await server.call('GET', '/api/v1/namespaces/test%2Fconfigmaps/one')).body.metadata.name).toBe('one')
  })

  it('of any characters are answered', async () => {
    const part = fc.constantFrom(
      'api',
      'apis',
      'v1',
      'apps',
      'namespaces',
      'test',
      'pods',
      'log',
      '..',
      '%2f',
      '',
      'watch',
      'proxy',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(part, fc.string().map(encodeURIComponentSafely)), { maxLength: 9 }),
        async (parts) => {
          const raw = await openRaw(server)
          raw.send(head('GET', `/${parts.join('/')}?timeoutSeconds=1`, { Connection: 'close' }))
          expect(await raw.read()).toMatch(/^HTTP\/1.1 [24]\d\d /)
          expect(unexpected.splice(0)).toEqual([])
        },
      ),
      runs(60),
    )
  })
})

function encodeURIComponentSafely(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

describe('queries', () => {
  const token = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url')
  const list = { group: 'meta.k8s.io', kind: 'ListOptions' }
  it.each([
    ['limit=abc', 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
    ['limit=99999999999999999999', 400, 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    ['timeoutSeconds=1s', 400, 'strconv.ParseInt: parsing "1s": invalid syntax'],
    ['continue=%25%25', 400, 'continue key is not valid: illegal base64 data at input byte 0'],
    [
      `continue=${token({ v: 'v9', rv: 1, start: 'a' })}`,
      400,
      'continue key is not valid: server does not recognize this encoded version v9',
    ],
    [
      `continue=${token({ v: 'meta.k8s.io/v1', rv: -1, start: 'a' })}`,
      400,
      'continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    ],
    [
      `continue=${token({ v: 'meta.k8s.io/v1', rv: 1 })}`,
      400,
      'continue key is not valid: encoded start key empty (version meta.k8s.io/v1)',
    ],
    [
      `continue=${token({ v: 'meta.k8s.io/v1', rv: 1, start: '../kube-system/x' })}`,
      400,
      'continue key is not valid: ../kube-system/x',
    ],
    ['labelSelector=a%3D%3D%3Db', 400, "unable to parse requirement: found '=', expected: identifier"],
    ['labelSelector=a%20in%20(', 400, "unable to parse requirement: found '', expected: ',', ')' or identifier"],
    ['fieldSelector=a', 400, "invalid selector: 'a'; can't understand 'a'"],
    [
      'fieldSelector=__proto__%3D1',
      400,
      '"__proto__" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
  ])('%s is refused', async (query, code, message) => {
    const answer = await server.call('GET', `${configMaps}?${query}`)
    expect([answer.code, answer.body.message]).toEqual([code, message])
  })

  it.each(['abc', '-1', '1.5', '99999999999999999999999999x'])(
    'the version %s is refused by its field',
    async (version) => {
      const { body } = await server.call('GET', `${configMaps}?resourceVersion=${version}`)
      const message = `Invalid value: "${version}": strconv.ParseUint: parsing "${version}": invalid syntax`
      expect(body).toMatchObject({
        code: 422,
        details: { ...list, causes: [{ field: 'resourceVersion', reason: 'FieldValueInvalid', message }] },
      })
    },
  )

  it('a token from the future is one of a version that is not there yet', async () => {
    const future = token({ v: 'meta.k8s.io/v1', rv: 2 ** 40, start: 'a' })
    expect((await server.call('GET', `${configMaps}?continue=${future}`)).body).toMatchObject({
      code: 504,
      reason: 'Timeout',
    })
  })

  it('a limit below zero is none', async () => {
    const { code, body } = await server.call('GET', `${configMaps}?limit=-1`)
    expect([code, body.metadata.continue]).toEqual([200, undefined])
  })

  it.each(['gracePeriodSeconds=x', 'gracePeriodSeconds=1.5'])('a deletion with %s is refused', async (query) => {
    expect((await server.call('DELETE', `${configMaps}/one?${query}`)).code).toBe(400)
    expect((await server.call('GET', `${configMaps}/one`)).code).toBe(200)
  })

  it('a grace of three hundred million years is cut', async () => {
    const pod = { metadata: { name: 'old' }, spec: { nodeName: 'n', containers: [{ name: 'a', image: 'a' }] } }
    await server.call('POST', '/api/v1/namespaces/test/pods', { body: pod })
    const grace = `gracePeriodSeconds=${2 ** 53}`
    const { code, body } = await server.call('DELETE', `/api/v1/namespaces/test/pods/old?${grace}`)
    expect([code, body.metadata.deletionGracePeriodSeconds]).toEqual([200, 2 ** 31])
  })

  it('of any values are answered', async () => {
    const name = fc.constantFrom(
      'limit',
      'continue',
      'labelSelector',
      'fieldSelector',
      'resourceVersion',
      'resourceVersionMatch',
      'sendInitialEvents',
      'watch',
      'pretty',
      'dryRun',
      'x',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, fc.string()), { maxLength: 4 }), async (pairs) => {
        const query = new URLSearchParams([
          ...pairs.map(([key, value]) => [key, value.toWellFormed()]),
          ['timeoutSeconds', '-1'],
        ])
        const raw = await openRaw(server)
        raw.send(head('GET', `${configMaps}?${query}`, { Connection: 'close' }))
        expect(await raw.read()).toMatch(/^HTTP\/1.1 (?:200|400|410|422|504) /)
        expect(unexpected.splice(0)).toEqual([])
      }),
      runs(60),
    )
  })
})

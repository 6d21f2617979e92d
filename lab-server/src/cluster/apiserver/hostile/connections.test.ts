// Connections that mean harm: requests that stop in the middle, frames that are none, clients that go without a word.
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { scriptedNode } from '../streaming/testing/streaming-server.ts'
import { configMap, pod, startTestServer, type TestServer } from '../testing/test-server.ts'
import { head, openRaw, spdyHeaders, webSocketHeaders } from './raw-connection.ts'
import { runs } from './runs.ts'

let server: TestServer
let running = 0
const unexpected: unknown[] = []
const configMaps = '/api/v1/namespaces/test/configmaps'
const pods = '/api/v1/namespaces/test/pods/p'

/** A command that lasts as long as its client. */
async function lastingCommand(_pod: unknown, _container: unknown, signal?: AbortSignal): Promise<{ exitCode: number }> {
  running += 1
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
  running -= 1
  return { exitCode: 137 }
}

beforeAll(async () => {
  const node = scriptedNode({
    exec: (named, container, _command, _streams, signal) => lastingCommand(named, container, signal),
    attach: (named, container, _streams, signal) => lastingCommand(named, container, signal),
  })
  server = await startTestServer({ node, onUnexpected: (error) => unexpected.push((error as Error).stack) })
  await server.client.create(configMap('one', { a: 'b' }))
  await server.client.create(pod('p', { nodeName: 'node-1' }))
})
afterAll(() => server.stop())
afterEach(async () => {
  expect((await server.call('GET', '/readyz')).text).toBe('ok')
  await expect.poll(() => server.registry.core.store.watcherCount('configmaps')).toBe(0)
  await expect.poll(() => running).toBe(0)
  expect(unexpected.splice(0)).toEqual([])
})

const isAnswered = (text: string) => text.includes('\r\n\r\n')
const json = { 'Content-Type': 'application/json' }

describe('requests', () => {
  it('that end in the middle of a chunk are forgotten', async () => {
    const before = server.registry.core.store.revision()
    const raw = await openRaw(server)
    raw.send(head('POST', configMaps, { 'Transfer-Encoding': 'chunked', ...json }))
    raw.send('20\r\n{"metadata":{"name":"half"}')
    raw.drop()
    expect((await server.call('GET', `${configMaps}/half`)).code).toBe(404)
    expect(server.registry.core.store.revision()).toBe(before)
  })

  it('whose body is shorter than they said are forgotten when the client goes', async () => {
    const raw = await openRaw(server)
    raw.send(head('POST', configMaps, { 'Content-Length': 1000, ...json }))
    raw.send('{"metadata":{"name":"short"}}')
    raw.socket.end()
    await raw.read()
    expect((await server.call('GET', `${configMaps}/short`)).code).toBe(404)
  })

  it('whose body is longer than they said are read no further than they said', async () => {
    const raw = await openRaw(server)
    const body = '{"metadata":{"name":"long"}}'
    raw.send(head('POST', configMaps, { 'Content-Length': body.length, ...json }))
    raw.send(`${body}}}}}}\r\n\r\n`)
    // The rest is no request, and may be found out before the answer is written.
    expect(await raw.read()).toContain('HTTP/1.1 400 Bad Request')
    const { code, body: stored } = await server.call('GET', `${configMaps}/long`)
    expect(code === 404 || stored.metadata.name === 'long').toBe(true)
  })

  it.each([
    ['a length that is no number', head('POST', configMaps, { 'Content-Length': 'many' })],
    ['a length below zero', head('POST', configMaps, { 'Content-Length': -1 })],
    ['both a length and chunks', head('POST', configMaps, { 'Content-Length': 3, 'Transfer-Encoding': 'chunked' })],
    ['a chunk whose size is no number', `${head('POST', configMaps, { 'Transfer-Encoding': 'chunked' })}zz\r\n`],
    ['no method at all', '\r\n\0\0\0 / HTTP/1.1\r\n\r\n'],
    ['headers without end', `GET /api HTTP/1.1\r\nX: ${'x'.repeat(66_000)}\r\n\r\n`],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('with %s are refused, and the connection ends', async (_what, bytes) => {
    const raw = await openRaw(server)
    raw.send(bytes)
    expect(await raw.read()).toMatch(/^HTTP\/1.1 4\d\d /)
  })

  it('that are dropped at any moment leave nothing behind', async () => {
    const body = '{"metadata":{"generateName":"dropped-"}}'
    const requests = [
      head('POST', `${configMaps}?dryRun=All`, { 'Content-Length': body.length, ...json }) + body,
      head('GET', `${configMaps}?watch=1`),
      head('GET', `${configMaps}?watch=1`, webSocketHeaders),
      head('POST', `${pods}/exec?command=sh&stdin=1&stdout=1`, webSocketHeaders),
      head('POST', `${pods}/exec?command=sh&stdin=1&stdout=1`, spdyHeaders),
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...requests),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        async (request, share, isPolite) => {
          const raw = await openRaw(server)
          raw.send(request.slice(0, Math.ceil(share * request.length)))
          if (isPolite) raw.socket.end()
          else raw.drop()
          expect(unexpected.splice(0)).toEqual([])
        },
      ),
      runs(40),
    )
  })
})

/** A message from a client: masked, with whatever head it is given. */
function webSocketFrame(first: number, payload: Uint8Array, { isMasked = true, length = payload.length } = {}): Buffer {
  const mask = Buffer.from([1, 2, 3, 4])
  const masked = payload.map((byte, index) => (isMasked ? byte ^ (mask[index % 4] ?? 0) : byte))
  const flag = isMasked ? 0x80 : 0
  const size = length < 126 ? [flag | length] : [flag | 126, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([first, ...size]), ...(isMasked ? [mask] : []), masked])
}

const upgraded = {
  exec: [`${pods}/exec?command=sh&stdin=1&stdout=1`, 'v5.channel.k8s.io'],
  attach: [`${pods}/attach?stdin=1&stdout=1`, 'v4.channel.k8s.io'],
  portforward: [`${pods}/portforward?ports=80`, 'SPDY/3.1+portforward.k8s.io'],
  watch: [`${configMaps}?watch=1`, ''],
} as const

describe('WebSockets', () => {
  const open = async (name: keyof typeof upgraded) => {
    const [path, protocol] = upgraded[name]
    const raw = await openRaw(server)
    raw.send(head('GET', path, { ...webSocketHeaders, ...(protocol ? { 'Sec-WebSocket-Protocol': protocol } : {}) }))
    expect(await raw.read(isAnswered)).toMatch(/^HTTP\/1.1 101 /)
    return raw
  }

  const kinds = Object.keys(upgraded) as (keyof typeof upgraded)[]
  const broken: [string, Buffer][] = [
    ['a message without a mask', webSocketFrame(0x82, Buffer.from('x'), { isMasked: false })],
    ['a reserved bit', webSocketFrame(0xf2, Buffer.from('x'))],
    ['an unknown kind of frame', webSocketFrame(0x8b, Buffer.from('x'))],
    ['text that is not UTF-8', webSocketFrame(0x81, Buffer.from([0xff, 0xff]))],
    ['a continuation of nothing', webSocketFrame(0x80, Buffer.from('x'))],
    ['a ping of 200 bytes', webSocketFrame(0x89, Buffer.alloc(200))],
    [
      'a frame that says it is 8 EiB long',
      Buffer.from([0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
    ],
  ]
  it.each(kinds.flatMap((kind) => broken.map(([what, bytes]) => [kind, what, bytes] as const)))(
    'for %s are ended by %s',
    async (kind, _what, bytes) => {
      const raw = await open(kind)
      raw.send(bytes)
      await raw.read()
      expect(raw.socket.closed).toBe(true)
    },
  )

  it('with a frame that never ends are served until the client goes', async () => {
    const raw = await open('exec')
    raw.send(webSocketFrame(0x82, Buffer.from('x'), { length: 1000 }))
    raw.drop()
  })

  it.each([
    ['no key', { 'Sec-WebSocket-Key': '' }],
    ['an old version', { 'Sec-WebSocket-Version': 7 }],
    ['no protocol that is known', { 'Sec-WebSocket-Protocol': 'v9.channel.k8s.io' }],
  ])('with %s are refused as HTTP', async (_what, headers) => {
    const raw = await openRaw(server)
    raw.send(head('GET', upgraded.exec[0], { ...webSocketHeaders, ...headers }))
    expect(await raw.read()).toMatch(/^HTTP\/1.1 4\d\d /)
  })

  it('carry any bytes without harm', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 5 }),
        fc.boolean(),
        async (kind, parts, isFramed) => {
          const raw = await open(kind)
          for (const part of parts) raw.send(isFramed ? webSocketFrame(0x82, part) : part)
          raw.drop()
          expect(unexpected.splice(0)).toEqual([])
        },
      ),
      runs(40),
    )
  })
})

describe('SPDY', () => {
  const open = async (path: string, protocol: string) => {
    const raw = await openRaw(server)
    raw.send(head('POST', path, { ...spdyHeaders, 'X-Stream-Protocol-Version': protocol }))
    expect(await raw.read(isAnswered)).toMatch(/^HTTP\/1.1 101 /)
    return raw
  }
  const exec = () => open(upgraded.exec[0], 'v4.channel.k8s.io')
  const forward = () => open(`${pods}/portforward`, 'portforward.k8s.io')
  const control = (type: number, payload: number[], length = payload.length) =>
    Buffer.from([0x80, 3, 0, type, 0, length >> 16, (length >> 8) & 0xff, length & 0xff, ...payload])

  it.each([
    ['another version', Buffer.from([0x80, 9, 0, 1, 0, 0, 0, 0])],
    ['a frame of 16 MiB', Buffer.from([0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff])],
    ['a stream without headers', control(1, [0, 0, 0, 1])],
    ['headers that do not inflate', control(1, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xde, 0xad, 0xbe, 0xef])],
    ['a reset of nothing', control(3, [])],
    ['headers of nothing', control(8, [1])],
  ])('ends at %s', async (_what, bytes) => {
    for (const raw of [await exec(), await forward()]) {
      raw.send(bytes)
      await raw.read()
      expect(raw.socket.closed).toBe(true)
    }
  })

  it('ignores data for streams that nobody opened, settings and windows', async () => {
    const raw = await exec()
    raw.send(Buffer.from([0, 0, 0, 9, 1, 0, 0, 1, 0x78]))
    raw.send(control(4, [0, 0, 0, 0]))
    raw.send(control(9, [0, 0, 0, 1, 0, 0, 1, 0]))
    raw.send(control(6, [0, 0, 0, 7]))
    const ping = control(6, [0, 0, 0, 7]).toString('latin1')
    expect(await raw.read((text) => text.endsWith(ping))).toContain(ping)
    raw.drop()
  })

  it('carries any bytes without harm', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(exec, forward),
        fc.integer({ min: 0, max: 255 }),
        fc.uint8Array({ maxLength: 60 }),
        async (start, type, payload) => {
          const raw = await start()
          raw.send(control(type, [...payload]))
          raw.send(payload)
          raw.drop()
          expect(unexpected.splice(0)).toEqual([])
        },
      ),
      runs(40),
    )
  })
})

import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { makeVirtualClock } from '../../virtual-clock.ts'
import type { KubeletContext } from '../kubelet-context.ts'
import { makeFakeNetwork } from '../testing/fake-network.ts'
import { httpGet, requestPath } from './http-get.ts'

let server: Server
const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

/** Asks a server that treats connections as `serve` does. */
async function ask(serve: (socket: Socket) => void, scheme = 'HTTP') {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const network = makeFakeNetwork()
  network.listeners.set(80, (server.address() as AddressInfo).port)
  const clock = makeVirtualClock()
  const context = { clock, network } as unknown as KubeletContext
  const host = '10.42.0.5'
  const get = { host, port: 80, path: 'x y', headers: [], userAgent: 'kube-probe/1.36', timeoutMs: 1000, podIp: host }
  return { clock, result: httpGet(context, { ...get, scheme }) }
}

const answers: [string, (socket: Socket) => void, string][] = [
  ['a server that hangs up', (socket) => socket.once('data', () => socket.end()), 'EOF'],
  [
    'a server of another protocol',
    (socket) => socket.once('data', () => socket.end("-ERR unknown command 'GET'\r\n")),
    'net/http: HTTP/1.x transport connection broken: malformed HTTP response "-ERR unknown command \'GET\'"',
  ],
]
it.each(answers)('says of %s what Go says', async (_what, serve, why) => {
  const { result } = await ask(serve)
  expect(await result).toEqual({ kind: 'error', message: `Get "http://10.42.0.5:80/x%20y": ${why}` })
})

it('names both ends of a connection that was reset', async () => {
  const { result } = await ask((socket) => socket.once('data', () => socket.resetAndDestroy()))
  const { message } = (await result) as { message: string }
  expect(message).toMatch(/: read tcp 127\.0\.0\.1:\d+->10\.42\.0\.5:80: read: connection reset by peer$/)
})

it('gives up on a silent server when the time is over', async () => {
  let reached = () => {}
  const isReached = new Promise<void>((resolve) => {
    reached = resolve
  })
  const { clock, result } = await ask((socket) => socket.once('data', reached))
  await isReached
  await clock.advance(1000)
  const why = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
  expect(await result).toEqual({ kind: 'error', message: `Get "http://10.42.0.5:80/x%20y": ${why}` })
})

it('says that a server without TLS spoke plain HTTP', async () => {
  const { result } = await ask(
    (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    'HTTPS',
  )
  const why = 'http: server gave HTTP response to HTTPS client'
  expect(await result).toEqual({ kind: 'error', message: `Get "https://10.42.0.5:80/x%20y": ${why}` })
})

const paths: [string, string][] = [
  ['health', '/health'],
  ['/a b?c=d e', '/a%20b?c=d%20e'],
  ['/a%20b%2Fc', '/a%20b%2Fc'],
  ['/100%', '/100%25'],
]
it.each(paths)('asks for %s as %s', (path, expected) => {
  expect(requestPath(path)).toBe(expected)
})

// WebSockets and other upgrades: the two connections are joined once the request is through.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Endpoint } from '../routing/route-table.ts'
import type { ForwardRequest, Upstream } from './forward.ts'
import { forwardedHeaders } from './forward.ts'

/** Joins a client that asks for an upgrade to an endpoint; calls `refuse` when the endpoint cannot be reached. */
export function joinUpgrade(
  upstream: Upstream,
  endpoint: Endpoint,
  client: { request: IncomingMessage; socket: Socket; head: Buffer; forward: ForwardRequest },
  refuse: () => void,
): void {
  const { request, socket, head, forward } = client
  if (!upstream.allows(endpoint)) {
    upstream.clock.after(forward.options.connectTimeoutMs, refuse)
    return
  }
  const join = (server: Socket) => {
    server.on('error', () => socket.destroy())
    socket.on('error', () => server.destroy())
    socket.on('close', () => server.destroy())
    server.on('close', () => socket.destroy())
    if (socket.destroyed) return void server.destroy()
    const headers = { ...forwardedHeaders(forward), connection: 'upgrade', upgrade: request.headers.upgrade }
    const lines = Object.entries(headers).flatMap(([name, value]) =>
      [value].flat().map((one) => `${name}: ${one ?? ''}`),
    )
    server.write(`${request.method} ${forward.path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    server.write(head)
    server.pipe(socket).pipe(server)
  }
  upstream.connect(endpoint).then(join, refuse)
}

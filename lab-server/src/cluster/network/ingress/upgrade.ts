// WebSockets and other upgrades: the two connections are joined once the request is through.
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
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
  if (upstream.isRefused(endpoint)) {
    refuse()
    return
  }
  const server = connect({ ...upstream.toHost(endpoint), localAddress: upstream.localAddress })
  server.once('error', refuse)
  server.once('connect', () => {
    server.off('error', refuse)
    server.on('error', () => socket.destroy())
    socket.on('error', () => server.destroy())
    socket.on('close', () => server.destroy())
    server.on('close', () => socket.destroy())
    const headers = { ...forwardedHeaders(forward), connection: 'upgrade', upgrade: request.headers.upgrade }
    const lines = Object.entries(headers).flatMap(([name, value]) =>
      [value].flat().map((one) => `${name}: ${one ?? ''}`),
    )
    server.write(`${request.method} ${forward.path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    server.write(head)
    server.pipe(socket).pipe(server)
  })
}

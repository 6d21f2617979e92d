// The entrance for exec, attach and port-forward: a request that wants to become a WebSocket or a SPDY connection.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'
import type { Pod } from '../../objects/types.ts'
import { ApiError, badRequest } from '../errors.ts'
import type { NodeAccess } from '../node-access.ts'
import { requireHost } from './container-of-pod.ts'
import { PORT_FORWARD_PROTOCOL, servePortForward, TUNNEL_PROTOCOL } from './port-forward.ts'
import { type CommandRequest, parseCommandRequest, runCommand } from './remote-command.ts'
import { openSpdyChannels, SPDY_COMMAND_PROTOCOLS } from './spdy-channels.ts'
import { COMMAND_PROTOCOLS, openWebSocketChannels } from './websocket-channels.ts'
import { parsePorts, serveChannelPortForward } from './websocket-port-forward.ts'

/** The subresources of a pod that need an upgraded connection. */
export type StreamSubresource = 'exec' | 'attach' | 'portforward'

/** A request to upgrade, already authorised, whose pod was found. */
export interface StreamRequest {
  request: IncomingMessage
  socket: Duplex
  head: Buffer
  pod: Pod
  subresource: StreamSubresource
  query: URLSearchParams
  node: NodeAccess
}

/** Tells whether a subresource is one of those that stream. */
export function isStreamSubresource(name: string | undefined): name is StreamSubresource {
  return name === 'exec' || name === 'attach' || name === 'portforward'
}

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024

const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES })

// The library refuses subprotocols that are no tokens, and the tunnel's has a slash: so we agree on them ourselves.
const agreed = new WeakMap<IncomingMessage, string>()
webSockets.on('headers', (headers, request) => {
  const protocol = agreed.get(request)
  if (protocol) headers.push(`Sec-WebSocket-Protocol: ${protocol}`)
})

interface AcceptedWebSocket {
  socket: WebSocket
  protocol: string
}

/**
 * Serves one streaming request to its end. Throws `ApiError` as long as the connection is still HTTP; the caller
 * answers that with `refuseUpgrade`. Resolves when the session is over.
 */
export async function serveStream(stream: StreamRequest): Promise<void> {
  const { request, pod, subresource, query } = stream
  const upgrade = String(request.headers.upgrade ?? '').toLowerCase()
  if (subresource === 'portforward') {
    requireHost(pod)
    return upgrade === 'websocket' ? portForwardOverWebSocket(stream) : portForwardOverSpdy(stream)
  }
  const command = parseCommandRequest(subresource, pod, query)
  return upgrade === 'websocket' ? commandOverWebSocket(stream, command) : commandOverSpdy(stream, command)
}

/** The error for a streaming request that does not ask for an upgrade. */
export function upgradeRequired(): ApiError {
  return badRequest('Upgrade request required')
}

/** Answers a request to upgrade with a Status, as plain HTTP, and ends the connection. */
export function refuseUpgrade(socket: Duplex, error: ApiError): void {
  if (!socket.writable) return
  const body = `${JSON.stringify(error.status)}\n`
  const lines = [
    `HTTP/1.1 ${error.code} ${error.reason || 'Error'}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

async function commandOverWebSocket(stream: StreamRequest, command: CommandRequest): Promise<void> {
  const accepted = await acceptWebSocket(stream, COMMAND_PROTOCOLS)
  if (accepted) await runCommand(command, stream.node, openWebSocketChannels({ ...accepted, request: command }))
}

async function commandOverSpdy(stream: StreamRequest, command: CommandRequest): Promise<void> {
  const protocol = acceptSpdy(stream, SPDY_COMMAND_PROTOCOLS)
  const channels = await openSpdyChannels(stream.socket, protocol, command).catch(() => undefined)
  if (channels) await runCommand(command, stream.node, channels)
}

async function portForwardOverWebSocket(stream: StreamRequest): Promise<void> {
  if (offeredProtocols(stream.request).includes(TUNNEL_PROTOCOL)) {
    const accepted = await acceptWebSocket(stream, [TUNNEL_PROTOCOL])
    if (accepted) await servePortForward(createWebSocketStream(accepted.socket), stream)
    return
  }
  const ports = parsePorts(stream.query)
  const accepted = await acceptWebSocket(stream, ['v4.channel.k8s.io'])
  if (accepted) await serveChannelPortForward(accepted.socket, ports, stream)
}

async function portForwardOverSpdy(stream: StreamRequest): Promise<void> {
  acceptSpdy(stream, [PORT_FORWARD_PROTOCOL])
  await servePortForward(stream.socket, stream)
}

function offeredProtocols(request: IncomingMessage): string[] {
  return String(request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .filter(Boolean)
}

// Resolves without a socket when the handshake fails: the library has answered, or the client is gone.
function acceptWebSocket(
  { request, socket, head }: StreamRequest,
  supported: string[],
): Promise<AcceptedWebSocket | undefined> {
  const offered = offeredProtocols(request)
  const protocol = offered.find((candidate) => supported.includes(candidate))
  if (offered.length > 0 && !protocol) {
    throw badRequest(
      `unable to negotiate protocol: client supports ${offered.join(', ')}, server supports ${supported.join(', ')}`,
    )
  }
  if (protocol) agreed.set(request, protocol)
  delete request.headers['sec-websocket-protocol']
  return new Promise((resolve) => {
    socket.once('close', () => resolve(undefined))
    webSockets.handleUpgrade(request, socket, head, (accepted) =>
      resolve({ socket: accepted, protocol: protocol ?? '' }),
    )
  })
}

function acceptSpdy({ request, socket, head }: StreamRequest, supported: string[]): string {
  if (!/^spdy\/3\.1$/i.test(String(request.headers.upgrade ?? ''))) throw upgradeRequired()
  const offered = headerValues(request, 'x-stream-protocol-version')
  const chosen =
    supported.find((protocol) => offered.includes(protocol)) ?? (offered.length === 0 ? supported.at(-1) : undefined)
  if (!chosen) {
    throw new ApiError(
      403,
      'Forbidden',
      `unable to negotiate protocol: client supports ${offered.join(', ')}, server supports ${supported.join(', ')}`,
    )
  }
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    ...(offered.length > 0 ? [`X-Stream-Protocol-Version: ${chosen}`] : []),
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  if (head.length > 0) socket.unshift(head)
  return chosen
}

// Sent once per protocol; Node joins what is repeated.
function headerValues(request: IncomingMessage, name: string): string[] {
  return String(request.headers[name] ?? '')
    .split(',')
    .map((value) => value.trim())
    .filter(Boolean)
}

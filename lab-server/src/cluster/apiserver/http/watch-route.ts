// GET with `watch`: over HTTP, a line for each event; over a WebSocket, a text message for each.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex, Writable } from 'node:stream'
import { createWebSocketStream, WebSocketServer } from 'ws'
import type { Clock } from '../../clock.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import { isApiError } from '../errors.ts'
import type { Registry } from '../registry.ts'
import type { AnswerForm } from './negotiate.ts'
import { tableOptions } from './object-answer.ts'
import type { ResourceRequest } from './request-info.ts'
import { answerWatch, type WatchOptions } from './watch-answer.ts'
import { listRequestOf, watchOptionsOf } from './watch-query.ts'

/** A watch that somebody may have. */
export interface WatchRequest {
  kind: KindDefinition
  info: ResourceRequest
  form: AnswerForm
}

/** What watching needs. */
export interface WatchRouteOptions {
  registry: Registry
  /** The time of the clients, not of the cluster. */
  wallClock: Clock
}

/** Answers a watch line by line. */
export function watchOverHttp(watch: WatchRequest, response: ServerResponse, options: WatchRouteOptions): void {
  serveWatch(watch, options, () => {
    response.statusCode = 200
    response.setHeader('Content-Type', 'application/json')
    response.setHeader('Transfer-Encoding', 'chunked')
    response.flushHeaders()
    return response
  })
}

// A watcher has nothing to say: what it sends beyond this is not read but ends the watch.
const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1024 })

// The bearer token may come as a subprotocol. The answer agrees on another, or browsers close the connection.
const agreed = new WeakMap<IncomingMessage, string>()
webSockets.on('headers', (headers, request) => {
  const protocol = agreed.get(request)
  if (protocol) headers.push(`Sec-WebSocket-Protocol: ${protocol}`)
})

function agreeOnProtocol(request: IncomingMessage): void {
  const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(',')
  const protocol = offered.map((text) => text.trim()).find((text) => text && !text.startsWith('base64url.bearer.'))
  if (protocol) agreed.set(request, protocol)
  // The library refuses what it does not know itself.
  delete request.headers['sec-websocket-protocol']
}

/** Serves a watch on a connection that wants to become a WebSocket; throws while it is still HTTP. */
export function watchOverSocket(
  watch: WatchRequest,
  { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
  options: WatchRouteOptions,
): void {
  serveWatch(watch, options, () => {
    let stream: Writable | undefined
    agreeOnProtocol(request)
    // Calls back at once, or not at all when the handshake is none; then it has been answered.
    webSockets.handleUpgrade(request, socket, head, (accepted) => {
      const duplex = createWebSocketStream(accepted, { decodeStrings: false })
      duplex.on('error', () => {})
      // A client that closes in good order ends only what it says; here the watch ends with it.
      accepted.once('close', () => duplex.destroy())
      duplex.resume()
      stream = duplex
    })
    return stream
  })
}

function serveWatch(
  { kind, info, form }: WatchRequest,
  { registry, wallClock }: WatchRouteOptions,
  open: () => Writable | undefined,
): void {
  const namespace = kind.namespaced ? info.namespace : undefined
  const request = listRequestOf(info.query, namespace, info.name)
  const watchOptions: WatchOptions = { ...watchOptionsOf(info.query, request), clock: wallClock }
  if (form.as === 'Table') watchOptions.table = tableOptions({ info, form }, registry)
  else if (form.as) watchOptions.partialVersion = form.version
  try {
    answerWatch(registry, kind, open, watchOptions)
  } catch (error) {
    if (!isApiError(error, 'Expired')) throw error
    // Too old a version is an event of the watch, not a refusal to watch.
    open()?.end(`${JSON.stringify({ type: 'ERROR', object: error.status })}\n`)
  }
}

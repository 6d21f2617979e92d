// Answers one request at the ingress controller: plans, forwards, and sends what came back or a page of its own.
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { accessLine } from './access-log.ts'
import { type Forwarded, type ForwardRequest, forward, type Upstream } from './forward.ts'
import { errorPage } from './pages.ts'
import { type IngressPlan, type IngressWorld, planIngress } from './plan-ingress.ts'
import { readBody } from './request-body.ts'
import { joinUpgrade } from './upgrade.ts'

export interface AnswerContext {
  world: IngressWorld
  upstream: Upstream
  scheme: 'http' | 'https'
  log(line: string): void
}

type ForwardPlan = IngressPlan & { kind: 'forward' }

let turn = 0

/** Endpoints take turns, starting with another one at each request. */
function inTurn({ endpoints }: ForwardPlan) {
  turn = (turn + 1) % 1_000_000
  const start = turn % endpoints.length
  return [...endpoints.slice(start), ...endpoints.slice(0, start)]
}

function planFor({ world, scheme }: AnswerContext, request: IncomingMessage): IngressPlan {
  return planIngress(world, { host: request.headers.host ?? '', target: request.url ?? '/', scheme })
}

function forwardRequest(
  context: AnswerContext,
  request: IncomingMessage,
  made: ForwardPlan,
  body?: Buffer,
): ForwardRequest {
  return {
    method: request.method ?? 'GET',
    path: made.path,
    headers: request.headers,
    body,
    clientIp: request.socket.remoteAddress ?? '',
    scheme: context.scheme,
    options: made.options,
  }
}

/** Answers a plain request. */
export async function answerRequest(
  context: AnswerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { upstream, log } = context
  const startedAt = upstream.clock.now()
  const made = planFor(context, request)
  let forwarded: Forwarded | undefined
  response.once('close', () => {
    const now = upstream.clock.now()
    const bytes = Number(response.getHeader('content-length') ?? 0)
    const name = made.kind === 'redirect' ? '-' : made.upstream
    const entry = { request, status: response.statusCode, bytes, seconds: (now - startedAt) / 1000, upstream: name }
    const endpoint = forwarded?.endpoint
    const answer = endpoint && { address: `${endpoint.ip}:${endpoint.port}`, status: response.statusCode }
    log(accessLine({ ...entry, requestId: randomBytes(16).toString('hex'), ...(answer ? { answer } : {}) }, now))
  })
  if (made.kind === 'page') return sendPage(request, response, made.status)
  if (made.kind === 'redirect') {
    response.setHeader('location', made.location)
    return sendPage(request, response, made.status)
  }
  const body = await readBody(request, made.options.bodyLimitBytes)
  if (body === 'too-large') return sendPage(request, response, 413)
  forwarded = await forward(upstream, inTurn(made), forwardRequest(context, request, made, body))
  if (forwarded.kind === 'failed') return sendPage(request, response, forwarded.status)
  sendAnswer(forwarded.response, response)
}

/** Answers a request that wants to become something else, such as a WebSocket. */
export function answerUpgrade(context: AnswerContext, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const { upstream } = context
  const made = planFor(context, request)
  const refuse = (status: number) => {
    const page = errorPage(status)
    const headers = `content-type: text/html\r\ncontent-length: ${page.length}\r\nconnection: close`
    socket.end(`HTTP/1.1 ${status} \r\n${headers}\r\n\r\n${page}`)
  }
  socket.on('error', () => socket.destroy())
  const endpoint = made.kind === 'forward' ? inTurn(made)[0] : undefined
  if (made.kind !== 'forward' || !endpoint) {
    refuse(made.kind === 'page' ? made.status : 404)
    return
  }
  const client = { request, socket, head, forward: forwardRequest(context, request, made) }
  joinUpgrade(upstream, endpoint, client, () => refuse(upstream.allows(endpoint) ? 502 : 504))
}

function sendPage(request: IncomingMessage, response: ServerResponse, status: number): void {
  const page = errorPage(status)
  // What was not read of a refused body must not be taken for the next request.
  const close = request.complete ? {} : { connection: 'close' }
  response.writeHead(status, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(page), ...close })
  response.end(request.method === 'HEAD' ? undefined : page)
}

function sendAnswer(from: IncomingMessage, to: ServerResponse): void {
  const dropped = ['connection', 'keep-alive', 'server', 'date', 'transfer-encoding']
  const headers = Object.entries(from.headers).filter(([name]) => !dropped.includes(name))
  to.writeHead(from.statusCode ?? 502, Object.fromEntries(headers))
  pipeline(from, to, (error) => {
    if (error) to.destroy()
  })
}

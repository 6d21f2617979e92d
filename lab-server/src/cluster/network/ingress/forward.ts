// Passes one request on to endpoints: tries another one when a connection is refused, as nginx does.
import { randomBytes } from 'node:crypto'
import { type IncomingHttpHeaders, type IncomingMessage, request as startRequest } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../../clock.ts'
import type { Endpoint } from '../routing/route-table.ts'
import type { IngressOptions } from './annotations.ts'

export interface ForwardRequest {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: Buffer | undefined
  clientIp: string
  /** How the client came. */
  scheme: 'http' | 'https'
  options: IngressOptions
}

export interface Upstream {
  clock: Clock
  /** Connects from the controller's address; rejects when nobody listens there. */
  connect(endpoint: Endpoint): Promise<Socket>
  /** False when a NetworkPolicy drops the packets of the controller. */
  allows(endpoint: Endpoint): boolean
}

export type Forwarded = { endpoint: Endpoint } & (
  | { kind: 'answered'; response: IncomingMessage }
  | { kind: 'failed'; status: 502 | 504 }
)

const tries = 3
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]

/** Sends the request to the endpoints in turn; resolves with the first answer or with the last failure. */
export async function forward(upstream: Upstream, endpoints: Endpoint[], request: ForwardRequest): Promise<Forwarded> {
  let last: Forwarded | undefined
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const endpoint = endpoints[attempt % endpoints.length]
    if (!endpoint) break
    const result = await attemptOnce(upstream, endpoint, request)
    if (result.kind === 'answered' || !result.mayRetry) return result
    last = result
  }
  return last ?? { kind: 'failed', status: 502, endpoint: { ip: '', port: 0 } }
}

/** The headers that an endpoint gets: the client's, and who the client is. */
export function forwardedHeaders({ headers, clientIp, scheme, options, body }: ForwardRequest): IncomingHttpHeaders {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name)))
  const host = headers.host ?? ''
  return {
    ...kept,
    host: options.upstreamHost ?? host,
    'x-request-id': headers['x-request-id'] ?? randomBytes(16).toString('hex'),
    'x-real-ip': clientIp,
    'x-forwarded-for': clientIp,
    'x-forwarded-host': host,
    'x-forwarded-port': scheme === 'http' ? '80' : '443',
    'x-forwarded-proto': scheme,
    'x-forwarded-scheme': scheme,
    'x-scheme': scheme,
    ...(body ? { 'content-length': String(body.length) } : {}),
  }
}

type Attempt = { endpoint: Endpoint } & (
  | { kind: 'answered'; response: IncomingMessage }
  | { kind: 'failed'; status: 502 | 504; mayRetry: boolean }
)

function attemptOnce(upstream: Upstream, endpoint: Endpoint, request: ForwardRequest): Promise<Attempt> {
  const { options } = request
  const { clock } = upstream
  return new Promise((resolve) => {
    const fail = (status: 502 | 504, mayRetry: boolean) => resolve({ kind: 'failed', status, mayRetry, endpoint })
    if (!upstream.allows(endpoint)) {
      clock.after(options.connectTimeoutMs, () => fail(504, false))
      return
    }
    let outgoing: ReturnType<typeof startRequest> | undefined
    let isOver = false
    const expire = () => {
      isOver = true
      fail(504, false)
      outgoing?.destroy()
    }
    let timer = clock.after(options.connectTimeoutMs, expire)
    const send = (socket: Socket) => {
      timer.cancel()
      if (isOver) return void socket.destroy()
      timer = clock.after(options.readTimeoutMs, expire)
      outgoing = startRequest({
        createConnection: () => socket,
        method: request.method,
        path: request.path,
        headers: forwardedHeaders(request),
        setHost: false,
      })
      outgoing.once('response', (response) => {
        timer.cancel()
        resolve({ kind: 'answered', response, endpoint })
      })
      outgoing.on('error', () => {
        timer.cancel()
        // Once a request was sent, only one that changes nothing may be sent again.
        fail(502, request.method === 'GET' || request.method === 'HEAD')
      })
      outgoing.end(request.body)
    }
    upstream.connect(endpoint).then(send, () => {
      timer.cancel()
      fail(502, true)
    })
  })
}

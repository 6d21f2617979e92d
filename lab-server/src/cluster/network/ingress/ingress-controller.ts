// The ingress controller of class `nginx`: HTTP in front, endpoints of services behind, no service address in between.
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream'
import type { Clock } from '../../clock.ts'
import type { ClusterView } from '../cluster-view.ts'
import type { HostEndpoint } from '../network.ts'
import { isAllowed } from '../policy/verdict.ts'
import type { Ranges } from '../routing/route-table.ts'
import { accessLine } from './access-log.ts'
import { type Forwarded, type ForwardRequest, forward, type Upstream } from './forward.ts'
import { errorPage } from './pages.ts'
import { type IngressPlan, planIngress } from './plan-ingress.ts'
import { readBody } from './request-body.ts'
import { joinUpgrade } from './upgrade.ts'

export interface IngressControllerOptions {
  view: ClusterView
  clock: Clock
  ranges: Ranges
  ingressIp: string
  hostPort(port: number): number
  /** Gets each line of the access and error log. */
  log?: ((line: string) => void) | undefined
}

export interface IngressController {
  readonly endpoint: HostEndpoint
  stop(): Promise<void>
}

type ForwardPlan = IngressPlan & { kind: 'forward' }

/** Starts the controller on its own address; objects are read at each request, so a change acts at once. */
export async function startIngressController(options: IngressControllerOptions): Promise<IngressController> {
  const { view, clock, ranges, ingressIp, hostPort, log = () => {} } = options
  const port = hostPort(80)
  let turn = 0
  const upstream: Upstream = {
    clock,
    localAddress: ingressIp,
    toHost: (endpoint) => ({
      host: endpoint.ip,
      port: endpoint.ip.startsWith(ranges.pods) ? hostPort(endpoint.port) : endpoint.port,
    }),
    allows: (endpoint) =>
      isAllowed(view.table().policies, {
        sourceIp: ingressIp,
        destinationIp: endpoint.ip,
        port: endpoint.port,
        protocol: 'TCP',
      }),
  }

  const plan = (request: IncomingMessage) => {
    const made = planIngress(view, { host: request.headers.host ?? '', target: request.url ?? '/' })
    if (made.kind === 'page' && made.reason) log(`W controller.go: ${made.reason}`)
    return made
  }
  /** Endpoints take turns, starting with another one at each request. */
  const inTurn = ({ endpoints }: ForwardPlan) => {
    turn += 1
    const start = turn % endpoints.length
    return [...endpoints.slice(start), ...endpoints.slice(0, start)]
  }
  const forwardRequest = (request: IncomingMessage, made: ForwardPlan, body: Buffer | undefined): ForwardRequest => ({
    method: request.method ?? 'GET',
    path: made.path,
    headers: request.headers,
    body,
    clientIp: request.socket.remoteAddress ?? '',
    port: 80,
    options: made.options,
  })

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedAt = clock.now()
    const made = plan(request)
    let forwarded: Forwarded | undefined
    response.once('close', () => {
      const bytes = Number(response.getHeader('content-length') ?? 0)
      const { kind, endpoint } = forwarded ?? {}
      const address = endpoint && { address: `${endpoint.ip}:${endpoint.port}`, status: response.statusCode }
      const seconds = (clock.now() - startedAt) / 1000
      const upstreamName = made.kind === 'redirect' ? '-' : made.upstream
      const id = randomBytes(16).toString('hex')
      const entry = { request, status: response.statusCode, bytes, seconds, upstream: upstreamName, requestId: id }
      log(accessLine({ ...entry, ...(kind && address ? { answer: address } : {}) }, clock.now()))
    })
    if (made.kind === 'page') return sendPage(request, response, made.status)
    if (made.kind === 'redirect') {
      response.setHeader('location', made.location)
      return sendPage(request, response, made.status)
    }
    const body = await readBody(request, made.options.bodyLimitBytes)
    if (body === 'too-large') return sendPage(request, response, 413)
    forwarded = await forward(upstream, inTurn(made), forwardRequest(request, made, body))
    if (forwarded.kind === 'failed') return sendPage(request, response, forwarded.status)
    sendAnswer(forwarded.response, response)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const made = plan(request)
    const refuse = (status: number) => {
      const page = errorPage(status)
      socket.end(
        `HTTP/1.1 ${status} \r\ncontent-type: text/html\r\ncontent-length: ${page.length}\r\nconnection: close\r\n\r\n${page}`,
      )
    }
    socket.on('error', () => socket.destroy())
    const endpoint = made.kind === 'forward' ? inTurn(made)[0] : undefined
    if (made.kind !== 'forward' || !endpoint) return refuse(made.kind === 'page' ? made.status : 404)
    const client = { request, socket, head, forward: forwardRequest(request, made, undefined) }
    joinUpgrade(upstream, endpoint, client, () => refuse(upstream.allows(endpoint) ? 502 : 504))
  })
  server.keepAliveTimeout = 75_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: ingressIp, port }, resolve)
  })

  return {
    endpoint: { host: ingressIp, port },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function sendPage(request: IncomingMessage, response: ServerResponse, status: number): void {
  const page = errorPage(status)
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

// The ingress controller of class `nginx`: HTTP and HTTPS in front, endpoints of services behind, no service address
// in between.
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '../../clock.ts'
import type { ClusterView } from '../cluster-view.ts'
import type { HostEndpoint } from '../network.ts'
import { isAllowed } from '../policy/verdict.ts'
import { isHostOf } from '../routing/route-table.ts'
import type { Underlay } from '../underlay/underlay.ts'
import { type AnswerContext, answerRequest, answerUpgrade } from './answer-request.ts'
import { makeCertificates } from './certificates.ts'
import { findComplaints } from './complaints.ts'
import type { Upstream } from './forward.ts'
import { errorPage } from './pages.ts'

export interface IngressControllerOptions {
  view: ClusterView
  clock: Clock
  underlay: Underlay
  hostPort(port: number): number
  /** Whether a connection to a pod would end at a server of the machine. */
  isRefused(ip: string, port: number): boolean
  /** Ports of this machine to have again, where they are not fixed. */
  ports?: { http: number; https: number } | undefined
  /** Gets each line of the access and error log. */
  log?: ((line: string) => void) | undefined
}

export interface IngressController {
  readonly endpoint: HostEndpoint
  readonly secureEndpoint: HostEndpoint
  stop(): Promise<void>
}

/** Starts the controller on its own address; objects are read at each request, so a change acts at once. */
export async function startIngressController(options: IngressControllerOptions): Promise<IngressController> {
  const { view, clock, underlay, hostPort, isRefused, log = () => {} } = options
  const { ingressIp, ranges } = underlay
  const findSecret = (namespace: string, name: string) => view.find('Secret', namespace, name)
  const certificates = makeCertificates({ ingresses: view.ingresses, findSecret }, clock)
  const upstream: Upstream = {
    clock,
    async connect({ ip, port }) {
      if (isRefused(ip, hostPort(port))) throw new Error('connection refused')
      const target = { host: ip, port: isHostOf(ranges, ip) ? hostPort(port) : port }
      return underlay.connect(target, { localAddress: ingressIp })
    },
    allows: ({ ip, port }) =>
      isAllowed(view.table().policies, { sourceIp: ingressIp, destinationIp: ip, port, protocol: 'TCP' }),
  }
  const world = { ...view, hasCertificate: certificates.hasCertificate }
  const open = (scheme: AnswerContext['scheme']): Server => {
    const context: AnswerContext = { world, upstream, scheme, log }
    const listener: RequestListener = (request, response) => {
      answerRequest(context, request, response).catch(() => response.destroy())
    }
    const server =
      scheme === 'http' ? createServer(listener) : createSecureServer(secureOptions(certificates), listener)
    server.on('upgrade', (request, socket: Socket, head) => answerUpgrade(context, request, socket, head))
    server.on('clientError', (_error, socket) => {
      const page = errorPage(400)
      const headers = `content-type: text/html\r\ncontent-length: ${page.length}\r\nconnection: close`
      if (socket.writable) socket.end(`HTTP/1.1 400 Bad Request\r\n${headers}\r\n\r\n${page}`)
    })
    server.keepAliveTimeout = 75_000
    return server
  }

  let complaints: string[] = []
  view.onChange(() => {
    const found = findComplaints({ ...view, hasSecret: (namespace, name) => findSecret(namespace, name) !== undefined })
    for (const line of found.filter((one) => !complaints.includes(one))) log(line)
    complaints = found
  })

  const plain = open('http')
  const secure = open('https')
  const { host, ...fixed } = underlay.ingressOnMachine
  const endpoint = await listen(plain, host, fixed.http, options.ports?.http)
  const secureEndpoint = await listen(secure, host, fixed.https, options.ports?.https)
  const fronts = await Promise.all(
    underlay.ingressFronts.flatMap((ip) => [
      underlay.accept((socket) => plain.emit('connection', socket), { host: ip, port: 80 }),
      underlay.accept((socket) => secure.emit('connection', socket), { host: ip, port: 443 }),
    ]),
  )
  return {
    endpoint,
    secureEndpoint,
    async stop() {
      await Promise.all([close(plain), close(secure), ...fronts.map((front) => front.close())])
    },
  }
}

function secureOptions(certificates: ReturnType<typeof makeCertificates>) {
  return {
    cert: certificates.fake.certificate,
    key: certificates.fake.key,
    SNICallback(host: string, callback: (error: null, context: ReturnType<typeof certificates.contextFor>) => void) {
      callback(null, certificates.contextFor(host))
    },
  }
}

/** Listens on the fixed port, else on the one of an earlier run if it is free, else on any. */
async function listen(server: Server, host: string, fixed?: number, earlier = 0): Promise<HostEndpoint> {
  const attempt = (port: number) =>
    new Promise<HostEndpoint>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, () => {
        server.off('error', reject)
        resolve({ host, port: (server.address() as AddressInfo).port })
      })
    })
  if (fixed !== undefined) return attempt(fixed)
  return earlier === 0 ? attempt(0) : attempt(earlier).catch(() => attempt(0))
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

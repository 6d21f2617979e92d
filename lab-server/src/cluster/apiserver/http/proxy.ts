// The proxy subresource: HTTP to a pod or to a ready endpoint of a Service, through the API server.
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Pod, Service } from '../../objects/types.ts'
import type { Store } from '../../store/store.ts'
import type { Dial } from '../cluster-dial.ts'
import { badRequest, isApiError, notFound, serviceUnavailable } from '../errors.ts'
import { type EndpointAddress, readyEndpoints } from '../service-endpoints.ts'
import type { KindExchange } from './exchange.ts'

/** What proxying needs. */
export interface ProxyOptions {
  store: Store
  dial: Dial | undefined
}

/** Sends the request on to the pod or Service that the path names, and its answer back. */
export async function proxyRequest(exchange: KindExchange, { store, dial }: ProxyOptions): Promise<void> {
  const { request, response, info } = exchange
  const target = info.resource === 'pods' ? podTarget(store, exchange) : serviceTarget(store, exchange)
  if (dial === undefined) throw serviceUnavailable('the cluster has no network')
  const socket = await dial(target.address, target.port).catch((error: unknown) => {
    if (isApiError(error)) throw error
    throw serviceUnavailable(`error trying to reach service: ${dialError(target, error)}`)
  })
  const search = (request.url ?? '').includes('?') ? (request.url ?? '').slice((request.url ?? '').indexOf('?')) : ''
  const outgoing = httpRequest({
    method: request.method,
    path: `${info.rest || '/'}${search}`,
    headers: forwardedHeaders(request, target),
    createConnection: () => socket,
  })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve)
    outgoing.once('error', reject)
  })
  // An answer may come before the whole request has been sent; the request's own failure is then no longer ours.
  pipeline(request, outgoing).catch(() => {})
  const incoming = await answered.catch((error: Error) => {
    throw serviceUnavailable(`error trying to reach service: ${error.message}`)
  })
  response.writeHead(incoming.statusCode ?? 502, withoutHopByHop(incoming.headers))
  await pipeline(incoming, response).catch(() => response.destroy())
}

// These are about one connection, not about the message.
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function withoutHopByHop(headers: IncomingMessage['headers']) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)))
}

/** The caller's credentials are for this server only. */
function forwardedHeaders(request: IncomingMessage, { address, port }: EndpointAddress) {
  const { authorization: _secret, ...headers } = withoutHopByHop(request.headers)
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('impersonate-')))
  return { ...kept, host: `${address}:${port}`, 'x-forwarded-for': request.socket.remoteAddress ?? '' }
}

function dialError({ address, port }: EndpointAddress, error: unknown): string {
  const code = (error as { code?: string }).code
  if (code === 'ECONNREFUSED') return `dial tcp ${address}:${port}: connect: connection refused`
  if (code === 'ETIMEDOUT') return `dial tcp ${address}:${port}: i/o timeout`
  return `dial tcp ${address}:${port}: ${error instanceof Error ? error.message : String(error)}`
}

/** `name`, `name:port` or `scheme:name:port`. */
function splitName(text: string): { name: string; port: string } {
  const parts = text.split(':')
  if (parts.length > 3) throw badRequest(`invalid service request ${JSON.stringify(text)}`)
  const [name = '', port = ''] = parts.length === 3 ? parts.slice(1) : parts
  return { name, port }
}

function podTarget(store: Store, { info, kind }: KindExchange): EndpointAddress {
  const { name, port } = splitName(info.name ?? '')
  const pod = store.find('pods', `${info.namespace}/${name}`) as unknown as Pod | undefined
  if (pod === undefined) throw notFound(kind, name)
  const address = pod.status?.podIP
  if (!address) throw badRequest('pod IP is not yet assigned')
  const first = pod.spec?.containers[0]?.ports?.[0]?.containerPort
  return { address, port: Number(port) || first || 80 }
}

function serviceTarget(store: Store, { info, kind }: KindExchange): EndpointAddress {
  const { name, port } = splitName(info.name ?? '')
  const service = store.find('services', `${info.namespace}/${name}`) as unknown as Service | undefined
  if (service === undefined) throw notFound(kind, name)
  const targets = readyEndpoints(store, service, port)
  if (targets === undefined) {
    throw serviceUnavailable(`no service port ${JSON.stringify(port)} found for service ${JSON.stringify(name)}`)
  }
  const target = targets[Math.floor(Math.random() * targets.length)]
  if (target === undefined) throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`)
  return target
}

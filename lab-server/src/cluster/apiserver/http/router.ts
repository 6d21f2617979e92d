// From a request to whoever answers it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KindTable } from '../../objects/kind-table.ts'
import { noSuchPath } from '../errors.ts'
import type { UserInfo } from '../request-context.ts'
import { isStreamSubresource, upgradeRequired } from '../streaming/upgrade.ts'
import { type Exchange, type KindExchange, makeExchange } from './exchange.ts'
import { negotiate } from './negotiate.ts'
import { type PathRequest, parseRequest, type RequestInfo } from './request-info.ts'

/** What the router decides between. */
export interface RouterOptions {
  kinds: KindTable
  authenticate(request: IncomingMessage): UserInfo
  /** Throws 403 unless the user may do what the request asks. Returns the user to act as, after impersonation. */
  authorize(request: IncomingMessage, info: RequestInfo, user: UserInfo): UserInfo
  routePath(exchange: Exchange<PathRequest>): void | Promise<void>
  /** An action rather than a part of an object, e.g. `pods/log`; false when it is none. */
  routePart(exchange: KindExchange): Promise<boolean>
  routeObjects(exchange: KindExchange): Promise<void>
  /** Told of every request that somebody was let in with, once it has been answered. */
  onAnswered(info: RequestInfo, code: number, milliseconds: number): void
}

/** Handles one request up to its answer; rejects with what went wrong. */
export async function route(request: IncomingMessage, response: ServerResponse, options: RouterOptions): Promise<void> {
  const user = options.authenticate(request)
  const info = parseRequest(request.method ?? 'GET', request.url ?? '/')
  const actingUser = options.authorize(request, info, user)
  const startedMs = performance.now()
  response.once('close', () => options.onAnswered(info, response.statusCode, performance.now() - startedMs))
  const exchange = makeExchange(request, response, info, actingUser)
  if (!info.isResource) return options.routePath({ ...exchange, info })
  const kind = options.kinds.find(info.group, info.version, info.resource)
  if (kind === undefined) throw noSuchPath()
  if (kind.namespaced && info.name !== undefined && info.namespace === undefined) throw noSuchPath()
  if (!kind.namespaced && info.namespace !== undefined && info.resource !== 'namespaces') throw noSuchPath()
  if (isStreamSubresource(info.subresource)) throw upgradeRequired()
  const isStream = info.subresource !== undefined && streamed.has(info.subresource)
  const form = isStream ? ({ format: 'json' } as const) : negotiate(request.headers.accept)
  const kindExchange: KindExchange = { ...exchange, info, kind, form }
  if (await options.routePart(kindExchange)) return
  await options.routeObjects(kindExchange)
}

// These answer with bytes of their own kind, whatever the client says that it accepts.
const streamed = new Set(['log', 'proxy'])

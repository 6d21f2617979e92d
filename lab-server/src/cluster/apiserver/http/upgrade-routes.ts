// Requests that leave HTTP behind: exec, attach, port-forward, and watches over WebSockets.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../clock.ts'
import type { Pod } from '../../objects/types.ts'
import { ApiError, notFound } from '../errors.ts'
import type { NodeAccess } from '../node-access.ts'
import type { Registry } from '../registry.ts'
import type { UserInfo } from '../request-context.ts'
import { isStreamSubresource, refuseUpgrade, serveStream, upgradeRequired } from '../streaming/upgrade.ts'
import { statusOf } from './answer.ts'
import { negotiate } from './negotiate.ts'
import { reachable } from './part-routes.ts'
import { parseRequest, type RequestInfo } from './request-info.ts'
import { watchOverSocket } from './watch-route.ts'

/** What upgrading needs. */
export interface UpgradeRoutesOptions {
  registry: Registry
  /** The time of the clients, not of the cluster. */
  wallClock: Clock
  authenticate(request: IncomingMessage): UserInfo
  authorize(request: IncomingMessage, info: RequestInfo, user: UserInfo): UserInfo
  node(): NodeAccess | undefined
  onUnexpected(error: unknown): void
}

/** Serves one upgraded connection to its end; what goes wrong before is answered as plain HTTP. */
export async function routeUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: UpgradeRoutesOptions,
): Promise<void> {
  try {
    const user = options.authenticate(request)
    const info = parseRequest(request.method ?? 'GET', request.url ?? '/')
    options.authorize(request, info, user)
    // A WebSocket is a GET: who may only read must not run commands by it.
    if (info.verb === 'get') options.authorize(request, { ...info, verb: 'create' }, user)
    const kind = info.isResource ? options.registry.core.kinds.find(info.group, info.version, info.resource) : undefined
    if (info.isResource && info.verb === 'watch' && kind && isWebSocket(request)) {
      const form = negotiate(request.headers.accept)
      watchOverSocket({ kind, info, form }, { request, socket, head }, options)
      return
    }
    if (!info.isResource || info.resource !== 'pods' || !isStreamSubresource(info.subresource)) throw upgradeRequired()
    const pod = options.registry.core.store.find('pods', `${info.namespace}/${info.name}`) as unknown as Pod | undefined
    if (pod === undefined) throw notFound({ group: '', plural: 'pods' }, info.name ?? '')
    const { subresource, query } = info
    await serveStream({ request, socket, head, pod, subresource, query, node: reachable(options.node) })
  } catch (error) {
    const { code, reason = '', message, details } = statusOf(error, options.onUnexpected)
    refuseUpgrade(socket, error instanceof ApiError ? error : new ApiError(code, reason, message, details))
  }
}

function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

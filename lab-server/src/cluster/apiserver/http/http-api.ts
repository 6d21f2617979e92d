// Everything behind the socket: turns requests into answers, and failures into Status objects.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { makeClock } from '../../clock.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { OpenApi } from '../../openapi/documents.ts'
import { authenticate } from '../auth/authenticate.ts'
import { authorize } from '../auth/authorize.ts'
import type { Rbac } from '../auth/rbac.ts'
import { type Tokens, tokenIssuer } from '../auth/tokens.ts'
import type { Dial } from '../cluster-dial.ts'
import type { UsageMeter } from '../metrics/usage-meter.ts'
import type { NodeAccess } from '../node-access.ts'
import { decodeProtobufBody } from '../protobuf/decode-body.ts'
import type { Registry } from '../registry.ts'
import type { UserInfo } from '../request-context.ts'
import { sendError } from './answer.ts'
import type { Exchange, KindExchange } from './exchange.ts'
import { routeObjects } from './object-routes.ts'
import { routePart } from './part-routes.ts'
import { routePath } from './path-routes.ts'
import type { PathRequest, RequestInfo } from './request-info.ts'
import { makeRequestMetrics } from './request-metrics.ts'
import type { FieldInspector } from './request-object.ts'
import { route } from './router.ts'
import { routeUpgrade } from './upgrade-routes.ts'

/** What the HTTP side needs. */
export interface HttpApiOptions {
  registry: Registry
  rbac: Rbac
  tokens: Tokens
  node(): NodeAccess | undefined
  /** Without it nothing of the cluster can be reached. */
  dial: Dial | undefined
  openApi: OpenApi
  meter?: UsageMeter
  isCustom(kind: KindDefinition): boolean
  inspector: FieldInspector
  serverAddress(): string
  onUnexpected(error: unknown): void
}

/** The handlers of the server's events. */
export interface HttpApi {
  handle(request: IncomingMessage, response: ServerResponse): void
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** Binds the routes to one cluster. */
export function makeHttpApi(options: HttpApiOptions): HttpApi {
  const { registry, rbac, tokens, serverAddress, onUnexpected } = options
  const { kinds } = registry.core
  const metrics = makeRequestMetrics(registry.core)
  const decode = decodeProtobufBody
  const { inspector, isCustom } = options
  const objectRoutes = { registry, decode, inspector, isCustom, wallClock: makeClock() }
  const partRoutes = {
    reviews: { rbac, tokens, core: registry.core },
    decode,
    inspector,
    node: options.node,
    dial: options.dial,
    registry,
    meter: options.meter,
  }
  const pathRoutes = {
    kinds,
    openApi: options.openApi,
    serverAddress,
    metrics: metrics.text,
    tokenKeys: tokens.keySet,
    issuer: tokenIssuer,
  }
  const routerOptions = {
    kinds,
    authenticate: (request: IncomingMessage) => authenticate(request, readToken),
    authorize: (request: IncomingMessage, info: RequestInfo, user: UserInfo) =>
      authorize(rbac, request.headers, info, user),
    routePath: (exchange: Exchange<PathRequest>) => routePath(exchange, pathRoutes),
    routePart: (exchange: KindExchange) => routePart(exchange, partRoutes),
    routeObjects: (exchange: KindExchange) => routeObjects(exchange, objectRoutes),
    onAnswered: metrics.count,
  }

  function readToken(token: string): UserInfo | undefined {
    const verified = tokens.verify(token)
    return verified?.audiences.includes(tokenIssuer) ? verified.user : undefined
  }

  return {
    handle(request, response) {
      route(request, response, routerOptions).catch((error: unknown) =>
        sendError(request, response, error, onUnexpected),
      )
    },
    handleUpgrade(request, socket, head) {
      const { node } = options
      routeUpgrade(request, socket, head, {
        ...routerOptions,
        registry,
        wallClock: objectRoutes.wallClock,
        node,
        onUnexpected,
      }).catch(onUnexpected)
    },
  }
}

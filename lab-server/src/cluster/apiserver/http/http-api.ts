// Everything behind the socket: turns requests into answers, and failures into Status objects.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { authenticate } from '../auth/authenticate.ts'
import { forbiddenPath } from '../errors.ts'
import { decodeProtobufBody } from '../protobuf/decode-body.ts'
import type { Registry } from '../registry.ts'
import type { Authority } from '../tls/authority.ts'
import { sendError } from './answer.ts'
import { routeObjects } from './object-routes.ts'
import { routePath } from './path-routes.ts'
import type { FieldInspector } from './request-object.ts'
import { route } from './router.ts'

/** What the HTTP side needs. */
export interface HttpApiOptions {
  registry: Registry
  authority: Authority
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
  const { registry, serverAddress, onUnexpected } = options
  const { kinds } = registry.core
  const inspector: FieldInspector = { unknownFields: () => [], typeError: () => undefined }
  const objectRoutes = { registry, decode: decodeProtobufBody, inspector, isCustom: () => false }
  const pathRoutes = {
    kinds,
    openApi: {
      answer() {
        throw forbiddenPath('OpenAPI is not served yet')
      },
    },
    serverAddress,
    metrics: () => '',
    tokenKeys: () => ({ keys: [] }),
    issuer: 'https://kubernetes.default.svc.cluster.local',
  }

  return {
    handle(request, response) {
      route(request, response, {
        kinds,
        authenticate: (incoming) => authenticate(incoming, () => undefined),
        authorize(_request, info, user) {
          if (user.groups.includes('system:masters')) return user
          throw forbiddenPath(
            `forbidden: User ${JSON.stringify(user.username)} cannot ${info.verb} path "${info.path}"`,
          )
        },
        routePath: (exchange) => routePath(exchange, pathRoutes),
        routePart: async () => false,
        routeObjects: (exchange) => routeObjects(exchange, objectRoutes),
      }).catch((error: unknown) => sendError(request, response, error, onUnexpected))
    },
    handleUpgrade(_request, socket) {
      socket.destroy()
    },
  }
}

// The paths that are no resources: discovery, version, health, OpenAPI, metrics.
import type { KindTable } from '../../objects/kind-table.ts'
import type { OpenApi } from '../../openapi/documents.ts'
import { methodNotAllowed, noSuchPath } from '../errors.ts'
import { sendObject, sendText } from './answer.ts'
import { aggregatedDiscovery, coreVersions, groupDocument, groupList, resourceList } from './discovery.ts'
import type { Exchange } from './exchange.ts'
import { healthAnswer } from './health.ts'
import { parseAccept } from './negotiate.ts'
import { answerOpenApi } from './openapi-answer.ts'
import type { PathRequest } from './request-info.ts'
import { serverVersion } from './server-version.ts'

/** What the paths tell about. */
export interface PathRoutesOptions {
  kinds: KindTable
  openApi: OpenApi
  /** `127.0.0.1:6443`. */
  serverAddress(): string
  metrics(): string
  /** The key set that verifies service account tokens. */
  tokenKeys(): unknown
  issuer: string
}

/** Answers one request for a path. */
export function routePath(exchange: Exchange<PathRequest>, options: PathRoutesOptions): void {
  const { request, response, info } = exchange
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed()
  const path = info.path.length > 1 && info.path.endsWith('/') ? info.path.slice(0, -1) : info.path
  if (path.startsWith('/openapi/')) {
    answerOpenApi(exchange, options.openApi)
  } else if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) {
    const isVerbose = info.query.has('verbose') && info.query.get('verbose') !== 'false'
    const { code, text } = healthAnswer(path, { isVerbose, excluded: info.query.getAll('exclude') })
    sendText(request, response, code, text, 'text/plain; charset=utf-8')
  } else if (path === '/metrics') {
    sendText(request, response, 200, options.metrics(), 'text/plain; version=0.0.4; charset=utf-8')
  } else if (path === '/openid/v1/jwks') {
    sendText(request, response, 200, JSON.stringify(options.tokenKeys()), 'application/jwk-set+json')
  } else if (path === '/api' || path === '/apis') {
    sendDiscovery(exchange, options, path === '/api')
  } else {
    sendObject(request, response, 200, documentAt(path, options))
  }
}

function documentAt(path: string, { kinds, issuer, serverAddress }: PathRoutesOptions): unknown {
  if (path === '/') return { paths: rootPaths(kinds) }
  if (path === '/version') return serverVersion
  if (path === '/.well-known/openid-configuration') {
    return {
      issuer,
      jwks_uri: `https://${serverAddress()}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    }
  }
  const [, root, group = '', version] = path.split('/')
  if (root === 'api' && version === undefined) return resourceList(kinds.all(), '', group)
  if (root === 'apis' && version === undefined) return groupDocument(kinds.all(), group)
  if (root === 'apis' && version !== undefined) return resourceList(kinds.all(), group, version)
  throw noSuchPath()
}

/** Discovery comes plain or aggregated, as the client accepts it. */
function sendDiscovery(
  { request, response }: Exchange<PathRequest>,
  { kinds, serverAddress }: PathRoutesOptions,
  isCore: boolean,
): void {
  response.setHeader('Vary', 'Accept')
  const version = aggregatedVersion(String(request.headers.accept ?? ''))
  if (version === undefined) {
    sendObject(request, response, 200, isCore ? coreVersions(serverAddress()) : groupList(kinds.all()))
    return
  }
  const text = JSON.stringify(aggregatedDiscovery(kinds.all(), isCore, version))
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`
  sendText(request, response, 200, text, contentType)
}

function aggregatedVersion(accept: string): 'v2' | 'v2beta1' | undefined {
  for (const { parameters } of parseAccept(accept)) {
    const { g, v, as } = parameters
    if (g !== 'apidiscovery.k8s.io' || as !== 'APIGroupDiscoveryList') continue
    if (v === 'v2' || v === 'v2beta1') return v
  }
  return undefined
}

function rootPaths(kinds: KindTable): string[] {
  const groups = new Set<string>()
  for (const { group, version } of kinds.all()) {
    if (group === '') continue
    groups.add(`/apis/${group}`)
    groups.add(`/apis/${group}/${version}`)
  }
  return [
    '/.well-known/openid-configuration',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    ...[...groups].sort(),
    '/healthz',
    '/livez',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/openid/v1/jwks',
    '/readyz',
    '/version',
  ]
}

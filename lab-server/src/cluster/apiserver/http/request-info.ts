// What a request asks for, read from its method and path alone: the same facts that authorization is about.
import { badRequest } from '../errors.ts'
import { flag } from './query-values.ts'

/** A request for a path that is no resource, e.g. `/healthz`. */
export interface PathRequest {
  isResource: false
  verb: string
  path: string
  query: URLSearchParams
}

/** A request for objects. */
export interface ResourceRequest {
  isResource: true
  /** get, list, watch, create, update, patch, delete, deletecollection. */
  verb: string
  path: string
  query: URLSearchParams
  group: string
  version: string
  /** Plural. */
  resource: string
  subresource?: string
  namespace?: string
  name?: string
  /** What follows `proxy`. */
  rest?: string
}

export type RequestInfo = PathRequest | ResourceRequest

const objectVerbs: Record<string, string> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}
// Below a namespace these are parts of the Namespace itself, not kinds of their own.
const namespaceSubresources = new Set(['status', 'finalize'])

/** Reads method and URL; throws 400 for a path that is not properly encoded. */
export function parseRequest(method: string, url: string): RequestInfo {
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
  // Decoded first, as Go does: an encoded slash parts like any other.
  const parts = decode(path).split('/').slice(1)
  if (parts.at(-1) === '') parts.pop()
  const pathRequest: PathRequest = { isResource: false, verb: method.toLowerCase(), path, query }

  const [root, ...afterRoot] = parts
  const isCore = root === 'api'
  if (!isCore && root !== 'apis') return pathRequest
  const [group = '', version = '', ...segments] = isCore ? ['', ...afterRoot] : afterRoot
  if (segments.length === 0 || version === '') return pathRequest
  // The deprecated form: a `watch` segment before the resource.
  const isOldWatch = segments[0] === 'watch' && segments.length > 1
  if (isOldWatch) segments.shift()

  const located = locate(segments)
  const verb = verbOf(method, query, located.name, isOldWatch)
  const request: ResourceRequest = { isResource: true, verb, path, query, group, version, ...located }
  if (located.subresource === 'proxy') request.rest = proxyRest(path)
  return request
}

function locate(segments: string[]): Pick<ResourceRequest, 'resource' | 'namespace' | 'name' | 'subresource'> {
  if (segments[0] === 'namespaces' && segments.length > 2 && !namespaceSubresources.has(segments[2] ?? '')) {
    const [, namespace, resource = '', name, subresource] = segments
    return { resource, namespace, name, subresource }
  }
  const [resource = '', name, subresource] = segments
  // Upstream authorizes a Namespace as if it were inside itself.
  const namespace = resource === 'namespaces' ? name : undefined
  return { resource, namespace, name, subresource }
}

function verbOf(method: string, query: URLSearchParams, name: string | undefined, isOldWatch: boolean): string {
  const verb = objectVerbs[method] ?? method.toLowerCase()
  if (verb === 'get') {
    if (isOldWatch || flag(query, 'watch')) return 'watch'
    return name === undefined ? 'list' : 'get'
  }
  if (verb === 'delete' && name === undefined) return 'deletecollection'
  return verb
}

function proxyRest(path: string): string {
  return path.slice(path.indexOf('/proxy') + '/proxy'.length)
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw badRequest(`invalid URL escape ${JSON.stringify(/%(?![\da-f]{2}).{0,2}/i.exec(path)?.[0] ?? path)}`)
  }
}

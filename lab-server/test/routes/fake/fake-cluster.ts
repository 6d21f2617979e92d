// A cluster that answers the lab's client over HTTP, without processes: sandboxes for the tests of routes.
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { applyPatch } from 'rfc6902'
import { parse } from 'yaml'
import { kindPaths } from '../../../src/lab/kubernetes/kinds.ts'
import type { KubeObject } from '../../../src/lab/kubernetes/objects.ts'
import type { Sandbox, SandboxProvider } from '../../../src/lab/sandbox.ts'
import { makeFakeIngress } from './fake-application.ts'
import { reconcile } from './fake-controllers.ts'
import { FakeStore } from './fake-store.ts'

export interface FakeSandbox extends Sandbox {
  store: FakeStore
  /** Headers of every request that reached the ingress. */
  requests: IncomingHttpHeaders[]
  /** Changes an object as a student's kubectl does. */
  edit(plural: string, name: string, change: (object: KubeObject) => void): void
  /** Makes the API server answer nothing but errors, or well again; cuts every open watch. */
  setDown(isDown: boolean): void
}

export interface FakeProvider extends SandboxProvider {
  sandboxes: Map<string, FakeSandbox>
  /** Makes the next `create` fail. */
  failNext(message: string): void
}

/** A provider whose sandboxes live in this process. */
export function makeFakeProvider(): FakeProvider {
  const sandboxes = new Map<string, FakeSandbox>()
  let failure: string | undefined
  return {
    kind: 'embedded',
    sandboxes,
    failNext(message) {
      failure = message
    },
    async create(id) {
      if (failure) {
        const message = failure
        failure = undefined
        throw new Error(message)
      }
      const sandbox = await startFakeSandbox(id, () => sandboxes.delete(id))
      sandboxes.set(id, sandbox)
      return sandbox
    },
    find: async (id) => sandboxes.get(id),
    remove: async (id) => sandboxes.get(id)?.release(),
    list: async () => [...sandboxes.keys()],
  }
}

async function startFakeSandbox(id: string, onRelease: () => void): Promise<FakeSandbox> {
  const store = new FakeStore()
  const streams = new Set<ServerResponse>()
  const requests: IncomingHttpHeaders[] = []
  let isDown = false
  const api = createServer((request, response) => {
    if (isDown) return fail(response, 503, 'ServiceUnavailable', 'the API server is down')
    answer(store, streams, request, response).catch((error) => fail(response, 500, 'InternalError', String(error)))
  })
  const ingress = makeFakeIngress(store, (request) => requests.push(request.headers))
  const [apiPort, ingressPort] = await Promise.all([listen(api), listen(ingress)])
  const kubeconfig = {
    'current-context': 'x',
    clusters: [{ name: 'x', cluster: { server: `http://127.0.0.1:${apiPort}` } }],
    users: [{ name: 'x', user: { token: 'admin' } }],
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
  }
  const cutWatches = () => {
    for (const stream of streams) stream.destroy()
  }
  return {
    id,
    store,
    requests,
    setDown(down) {
      isDown = down
      cutWatches()
    },
    namespace: 'taskmaster',
    adminKubeconfig: JSON.stringify(kubeconfig),
    ingressUrl: `http://127.0.0.1:${ingressPort}`,
    apiServer: { host: '127.0.0.1', port: apiPort },
    edit(plural, name, change) {
      const found = store.find(plural, plural === 'namespaces' ? '' : 'taskmaster', name)
      if (!found) throw new Error(`no ${plural}/${name}`)
      const copy = structuredClone(found)
      change(copy)
      store.put(plural, copy, 'kubectl-edit')
      reconcile(store)
      reconcile(store)
    },
    async release() {
      cutWatches()
      await Promise.all([close(api), close(ingress)])
      onRelease()
    },
  }
}

const known = new Set<string>(Object.values(kindPaths).map(({ plural }) => plural))

async function answer(
  store: FakeStore,
  streams: Set<ServerResponse>,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const url = new URL(request.url ?? '/', 'http://x')
  const match =
    /^\/(?:api|apis\/[^/]+)\/[^/]+(?:\/namespaces\/([^/]+)(?=\/.))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
      url.pathname,
    )
  const [, namespace = '', plural = '', name, subresource] = match ?? []
  if (!known.has(plural)) return fail(response, 404, 'NotFound', 'the server could not find the requested resource')
  if (subresource === 'token') return send(response, 201, { status: { token: 'student-token' } })
  if (url.searchParams.get('watch')) return watch(store, streams, { plural, namespace, url }, response)
  if (request.method === 'GET' && !name) {
    const wanted = url.searchParams.get('fieldSelector')?.split('=')[1]
    const items = store.list(plural, namespace).filter((object) => !wanted || object.metadata.name === wanted)
    return send(response, 200, {
      apiVersion: items[0]?.apiVersion ?? 'v1',
      metadata: { resourceVersion: store.revision },
      items,
    })
  }
  const before = name === undefined ? undefined : store.find(plural, namespace, name)
  const type = request.headers['content-type'] ?? ''
  const isApply = type.includes('apply-patch')
  if (name !== undefined && !before && !isApply) return fail(response, 404, 'NotFound', `${plural} "${name}" not found`)
  if (request.method === 'GET') return send(response, 200, before)
  const body = await readBody(request)
  if (request.method === 'DELETE') {
    store.remove(plural, namespace, name ?? '')
    reconcile(store)
    return send(response, 200, { kind: 'Status', status: 'Success' })
  }
  let next = body as unknown as KubeObject
  if (type.includes('json-patch')) {
    next = structuredClone(before as KubeObject)
    const errors = applyPatch(next, body as never).filter((error) => error !== null)
    if (errors.length > 0)
      return fail(response, 422, 'Invalid', `the server rejected our request: ${errors[0]?.message}`)
  } else if (request.method === 'PATCH' && before) next = merged(before, body) as KubeObject
  const metadata = { ...next.metadata, ...(namespace && { namespace }) }
  store.put(plural, withDefaults({ ...next, metadata }), url.searchParams.get('fieldManager') ?? 'kubectl')
  // Twice: what one controller writes, another may act on.
  reconcile(store)
  reconcile(store)
  return send(response, 200, store.find(plural, namespace, metadata.name))
}

function watch(
  store: FakeStore,
  streams: Set<ServerResponse>,
  { plural, namespace, url }: { plural: string; namespace: string; url: URL },
  response: ServerResponse,
): void {
  const name = url.searchParams.get('fieldSelector')?.split('=')[1]
  const since = Number(url.searchParams.get('resourceVersion'))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const isWanted = (object: KubeObject) =>
    (!namespace || object.metadata.namespace === namespace) && (!name || object.metadata.name === name)
  const write = (type: string, object: KubeObject) => response.write(`${JSON.stringify({ type, object })}\n`)
  for (const object of store.list(plural, namespace)) {
    if (isWanted(object) && Number(object.metadata.resourceVersion) > since) write('MODIFIED', object)
  }
  const forget = store.watch((event) => {
    if (event.plural === plural && isWanted(event.object)) write(event.type, event.object)
  })
  streams.add(response)
  response.on('close', () => {
    forget()
    streams.delete(response)
  })
}

function withDefaults(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object as KubeObject & { stringData?: Record<string, string> }
  if (!stringData) return rest as KubeObject
  const encoded = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
  return { ...rest, data: { ...(rest.data as object | undefined), ...Object.fromEntries(encoded) } } as KubeObject
}

/** RFC 7396, which is near enough to server-side apply for objects that one party writes. */
function merged(before: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> = { ...(typeof before === 'object' ? before : {}) }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merged(result[key], value)
  }
  return result
}

async function readBody(request: IncomingMessage): Promise<object> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text ? parse(text) : {}
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

function fail(response: ServerResponse, code: number, reason: string, message: string): void {
  send(response, code, { kind: 'Status', status: 'Failure', code, reason, message })
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

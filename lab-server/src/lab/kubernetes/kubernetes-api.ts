// A small client of the Kubernetes API: enough for the lab, on any cluster. `@kubernetes/client-node`
// costs 130 MB and half a second, and cuts watches after 30 s: see docs/decisions/own-kubernetes-client.md.
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { type KindName, kindPaths, objectPath } from './kinds.ts'
import type { KubeAccess } from './kubeconfig.ts'
import { isNotFound, KubernetesError, readStatus } from './kubernetes-error.ts'
import type { KubeObject } from './objects.ts'
import { retryDelayMs } from './retry-after.ts'

/** Every write of the lab carries this name, so that managedFields tell it from a student's. */
export const fieldManager = 'taskmaster-lab'

/** Which object; `namespace` is ignored for cluster-scoped kinds. */
export interface ObjectName {
  kind: KindName
  namespace?: string
  name: string
}

export interface RawRequest {
  method?: string
  path: string
  body?: string | Buffer
  contentType?: string
  /** More headers; never credentials. */
  headers?: Record<string, string>
  timeoutMs?: number
  /** Asking twice does what asking once does; so is every GET. */
  isRepeatable?: boolean
  /** Longer answers are an error. */
  largestBytes?: number
  /** `latin1` keeps every byte of what is not text. */
  encoding?: 'utf8' | 'latin1'
}

export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test'
  path: string
  from?: string
  value?: unknown
}

export interface DeleteOptions {
  gracePeriodSeconds?: number
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
}

/** What the lab asks of an API server. Refusals are thrown as `KubernetesError`. */
export interface KubernetesApi {
  readonly access: KubeAccess
  get<T extends KubeObject>(name: ObjectName): Promise<T>
  find<T extends KubeObject>(name: ObjectName): Promise<T | undefined>
  list<T extends KubeObject>(kind: KindName, namespace?: string, labels?: Record<string, string>): Promise<T[]>
  create(object: KubeObject): Promise<KubeObject>
  /** Server-side apply, taking over fields that others own. */
  apply(object: KubeObject): Promise<KubeObject>
  patch(name: ObjectName, operations: JsonPatchOperation[]): Promise<KubeObject>
  mergePatch(name: ObjectName, patch: object): Promise<KubeObject>
  /** Absent objects are no error. */
  remove(name: ObjectName, options?: DeleteOptions): Promise<void>
  /** Any request; answers of 400 and above are returned, not thrown. "Too many requests" is waited out. */
  raw(request: RawRequest): Promise<{ status: number; body: string; headers: Record<string, string> }>
  /** Opens a streaming request: the caller reads lines and ends it. */
  open(path: string): { request: ClientRequest; response: Promise<IncomingMessage> }
  close(): void
}

const defaultTimeoutMs = 15_000
const mergePatchType = 'application/merge-patch+json'

export interface KubernetesApiOptions {
  /** Awaited before each request that may change something, which is not sent when this rejects. */
  beforeWrite?: (() => Promise<void>) | undefined
}

/** A client for one API server with one identity: nothing is cached or shared between clients. */
export function makeKubernetesApi(access: KubeAccess, options: KubernetesApiOptions = {}): KubernetesApi {
  const url = new URL(access.server)
  const isTls = url.protocol === 'https:'
  const tls = { ca: access.ca, cert: access.clientCertificate, key: access.clientKey }
  const agent = isTls ? new HttpsAgent({ keepAlive: true, maxSockets: 16, ...tls }) : new HttpAgent({ keepAlive: true })
  // Watches hold their connection for minutes: a pool of their own keeps them from starving requests.
  const streamAgent = isTls ? new HttpsAgent({ keepAlive: false, ...tls }) : new HttpAgent({ keepAlive: false })

  function start(input: RawRequest, streaming = false): ClientRequest {
    const headers: Record<string, string> = { accept: 'application/json', ...input.headers }
    if (access.token) headers.authorization = `Bearer ${access.token}`
    if (input.body !== undefined) {
      headers['content-type'] = input.contentType ?? headers['content-type'] ?? 'application/json'
      // Said explicitly: Node frames the body of a DELETE by nothing else.
      headers['content-length'] = String(Buffer.byteLength(input.body))
    }
    const open = isTls ? httpsRequest : httpRequest
    return open(access.server + input.path, {
      method: input.method ?? 'GET',
      headers,
      agent: streaming ? streamAgent : agent,
      ...(isTls && tls),
    })
  }

  async function send(input: RawRequest) {
    const request = start(input)
    const response = awaitResponse(request)
    request.setTimeout(input.timeoutMs ?? defaultTimeoutMs, () => {
      request.destroy(new Error(`no answer within ${(input.timeoutMs ?? defaultTimeoutMs) / 1000} s`))
    })
    request.end(input.body)
    let answer: IncomingMessage
    try {
      answer = await response
    } catch (error) {
      // The server closed an idle connection just when it was used again. It may have read the request all the same.
      const isRepeatable = input.isRepeatable ?? (input.method ?? 'GET') === 'GET'
      if (request.reusedSocket && isReset(error) && isRepeatable) return send(input)
      throw error
    }
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(answer.headers)) headers[name] = String(value)
    return { status: answer.statusCode ?? 0, body: await readAll(answer, input), headers }
  }

  async function raw(input: RawRequest) {
    for (let tries = 0; ; tries++) {
      if ((input.method ?? 'GET') !== 'GET') await options.beforeWrite?.()
      const answer = await send(input)
      const wait = retryDelayMs({ status: answer.status, retryAfter: answer.headers['retry-after'] }, tries)
      if (wait === undefined) return answer
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }

  async function ask<T>(input: RawRequest): Promise<T> {
    const { status, body } = await raw(input)
    if (status >= 400) throw readStatus(status, body)
    return JSON.parse(body) as T
  }

  const collection = (object: KubeObject) =>
    objectPath(object.kind as KindName, { namespace: object.metadata.namespace, apiVersion: object.apiVersion })
  const patchRequest = (name: ObjectName, body: object, contentType: string) =>
    ask<KubeObject>({
      method: 'PATCH',
      isRepeatable: contentType === mergePatchType,
      path: `${objectPath(name.kind, name)}?fieldManager=${fieldManager}`,
      body: JSON.stringify(body),
      contentType,
    })

  const api: KubernetesApi = {
    access,
    get: (name) => ask({ path: objectPath(name.kind, name) }),
    async find<T extends KubeObject>(name: ObjectName) {
      try {
        return await api.get<T>(name)
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },
    async list<T extends KubeObject>(kind: KindName, namespace?: string, labels?: Record<string, string>) {
      const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`)
      const query = labels ? `?${new URLSearchParams({ labelSelector: pairs.join(',') })}` : ''
      const answer = await ask<{ apiVersion: string; items: T[] }>({ path: objectPath(kind, { namespace }) + query })
      // Items of a list carry no kind of their own.
      return answer.items.map((item) => ({ ...item, kind, apiVersion: answer.apiVersion }))
    },
    create: (object) =>
      ask({
        method: 'POST',
        path: `${collection(object)}?fieldManager=${fieldManager}`,
        body: JSON.stringify(object),
      }),
    apply: (object) =>
      ask({
        method: 'PATCH',
        path: `${collection(object)}/${object.metadata.name}?fieldManager=${fieldManager}&force=true`,
        body: JSON.stringify(object),
        contentType: 'application/apply-patch+yaml',
        isRepeatable: true,
      }),
    patch: (name, operations) => patchRequest(name, operations, 'application/json-patch+json'),
    mergePatch: (name, patch) => patchRequest(name, patch, mergePatchType),
    async remove(name, options = {}) {
      const { status, body } = await raw({
        method: 'DELETE',
        isRepeatable: true,
        path: objectPath(name.kind, name),
        body: JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', ...options }),
      })
      if (status >= 400 && status !== 404) throw readStatus(status, body)
    },
    raw,
    open(path) {
      const request = start({ path }, true)
      const response = awaitResponse(request)
      request.end()
      return { request, response }
    },
    close() {
      agent.destroy()
      streamAgent.destroy()
    },
  }
  return api
}

/** The API versions of a kind, best first. */
export function apiVersionsOf(kind: KindName): readonly string[] {
  return kindPaths[kind].apiVersions
}

function awaitResponse(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', (error) =>
      reject(
        Object.assign(new KubernetesError(0, 'Unreachable', `the cluster's API: ${error.message}`), { cause: error }),
      ),
    )
  })
}

const isReset = (error: unknown) => ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET'

async function readAll(response: IncomingMessage, { largestBytes, encoding }: RawRequest): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response) {
      chunks.push(chunk)
      size += chunk.length
      if (largestBytes !== undefined && size > largestBytes)
        throw new Error(`an answer of more than ${largestBytes} bytes`)
    }
  } catch (error) {
    throw new KubernetesError(0, 'Unreachable', `the cluster's API: ${error instanceof Error ? error.message : error}`)
  }
  return Buffer.concat(chunks).toString(encoding ?? 'utf8')
}

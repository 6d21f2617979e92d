// An API server in memory for tests, and the smallest client that can talk to it.
import type { IncomingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:https'
import { parse } from 'yaml'
import { type Clock, makeClock } from '../../clock.ts'
import type { KubeObject } from '../../objects/types.ts'
import { type ApiServer, type ApiServerOptions, startApiServer } from '../start-api-server.ts'

/** An answer, with its body parsed when it is JSON. */
export interface Answer {
  code: number
  headers: IncomingHttpHeaders
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any
}

/** What a request may carry. */
export interface RequestOptions {
  /** An object is sent as JSON, text as it is. */
  body?: unknown
  headers?: Record<string, string>
  /** Sends the administrator's certificate unless this is false. */
  asAdmin?: boolean
}

/** A server with a client for the administrator, or for nobody. */
export interface TestServer extends ApiServer {
  call(method: string, path: string, options?: RequestOptions): Promise<Answer>
  /** Opens a watch: `next` resolves with each line that comes, or with undefined when it has ended. */
  openWatch(path: string, headers?: Record<string, string>): Promise<{ next(): Promise<Answer['body']>; stop(): void }>
  /** Opens a watch and never reads it. */
  openStalledWatch(path: string): Promise<{ stop(): void }>
}

/** Starts a server with the namespace `test` and its default service account. */
export async function startTestServer(
  options: Partial<ApiServerOptions> & { clock?: Clock } = {},
): Promise<TestServer> {
  const server = await startApiServer({ clock: makeClock(), ...options })
  const config = parse(server.kubeconfig)
  const { user } = config.users[0]
  const decode = (text: string) => Buffer.from(text, 'base64')
  const ca = decode(config.clusters[0].cluster['certificate-authority-data'])
  const pair = { cert: decode(user['client-certificate-data']), key: decode(user['client-key-data']) }
  await server.client.create(object('v1', 'Namespace', { name: 'test' }))
  await server.client.create(object('v1', 'ServiceAccount', { name: 'default', namespace: 'test' }))

  const agents = { admin: new Agent({ keepAlive: true, ca, ...pair }), nobody: new Agent({ keepAlive: true, ca }) }

  function open(method: string, path: string, { body, headers, asAdmin = true }: RequestOptions) {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    // Said for every method: of a DELETE with a body, Node would not.
    const framing = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text ?? '') }
    const outgoing = request(`${server.url}${path}`, {
      method,
      agent: asAdmin ? agents.admin : agents.nobody,
      headers: { ...(text === undefined ? {} : framing), ...headers },
    })
    outgoing.end(text)
    return outgoing
  }

  return {
    ...server,
    async stop() {
      agents.admin.destroy()
      agents.nobody.destroy()
      await server.stop()
    },
    call(method, path, requestOptions = {}) {
      return new Promise((resolve, reject) => {
        const outgoing = open(method, path, requestOptions)
        outgoing.on('error', reject)
        outgoing.on('response', (incoming) => {
          let text = ''
          incoming.on('data', (chunk) => {
            text += chunk
          })
          incoming.on('error', reject)
          incoming.on('end', () => {
            const isJson = String(incoming.headers['content-type']).includes('json')
            resolve({
              code: incoming.statusCode ?? 0,
              headers: incoming.headers,
              text,
              body: isJson && text !== '' ? JSON.parse(text) : undefined,
            })
          })
        })
      })
    },
    openStalledWatch(path) {
      return new Promise((resolve, reject) => {
        const outgoing = open('GET', path, {})
        outgoing.on('error', reject)
        outgoing.on('response', (incoming) => {
          incoming.on('error', () => {})
          incoming.socket.pause()
          resolve({ stop: () => outgoing.destroy() })
        })
      })
    },
    openWatch(path, headers) {
      return new Promise((resolve, reject) => {
        const outgoing = open('GET', path, { headers })
        outgoing.on('error', () => {})
        outgoing.once('error', reject)
        outgoing.on('response', (incoming) => {
          const lines = makeLines(incoming)
          resolve({ next: lines, stop: () => outgoing.destroy() })
        })
      })
    },
  }
}

function makeLines(incoming: AsyncIterable<Buffer>): () => Promise<Answer['body']> {
  const iterator = (async function* () {
    let rest = ''
    for await (const chunk of incoming) {
      const parts = (rest + chunk).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) if (part !== '') yield JSON.parse(part)
    }
  })()
  return async () => (await iterator.next()).value
}

/** An object of any kind. */
export function object(
  apiVersion: string,
  kind: string,
  metadata: KubeObject['metadata'],
  rest: Record<string, unknown> = {},
): KubeObject {
  return { apiVersion, kind, metadata, ...rest }
}

/** A ConfigMap in the namespace `test`. */
export function configMap(name: string, data: Record<string, string> = {}): KubeObject {
  return object('v1', 'ConfigMap', { name, namespace: 'test' }, { data })
}

/** A pod in the namespace `test` with one container. */
export function pod(name: string, spec: Record<string, unknown> = {}): KubeObject {
  const containers = [{ name: 'main', image: 'busybox:1.36' }]
  return object('v1', 'Pod', { name, namespace: 'test' }, { spec: { containers, ...spec } })
}

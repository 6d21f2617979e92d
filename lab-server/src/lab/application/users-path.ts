// The application as its users reach it: through the Ingress with the host header, or, where no ingress
// controller can be reached, through the API server's service proxy along the Ingress's own rules.
import { Agent, request as httpRequest } from 'node:http'
import type { KubernetesApi } from '../kubernetes/kubernetes-api.ts'
import { KubernetesError } from '../kubernetes/kubernetes-error.ts'

export interface AppAnswer {
  status: number
  headers: Record<string, string>
  body: string
  /** The body when it is JSON, whatever its content type. */
  json: unknown
}

/** No answer at all. `isOurs` when the lab could not ask, so that nothing is known of the application. */
export interface NoAnswer {
  status: null
  detail: string
  isOurs: boolean
}

export interface AppRequest {
  method?: string
  path: string
  body?: unknown
  timeoutMs?: number
}

export interface UsersPath {
  readonly host: string
  request(request: AppRequest): Promise<AppAnswer | NoAnswer>
  close(): void
}

const defaultTimeoutMs = 5_000
const largestBody = 1_000_000

/** The way through the ingress controller. */
export function makeIngressPath(ingressUrl: string, host: string): UsersPath {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  return {
    host,
    request: (input) =>
      new Promise((resolve) => {
        const body = input.body === undefined ? undefined : JSON.stringify(input.body)
        const timeoutMs = input.timeoutMs ?? defaultTimeoutMs
        const request = httpRequest(ingressUrl.replace(/\/$/, '') + input.path, {
          method: input.method ?? 'GET',
          agent,
          headers: {
            host,
            accept: 'application/json, text/html;q=0.9',
            ...(body !== undefined && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
          },
        })
        const deadline = setTimeout(
          () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
          timeoutMs,
        )
        const fail = (error: Error & { code?: string }) => {
          clearTimeout(deadline)
          // A refused connection to the controller itself is the lab's trouble, not the application's.
          resolve({ status: null, detail: error.message, isOurs: error.code === 'ECONNREFUSED' })
        }
        request.on('error', fail)
        request.on('response', (response) => {
          const chunks: Buffer[] = []
          let size = 0
          response.on('data', (chunk: Buffer) => {
            size += chunk.length
            if (size <= largestBody) chunks.push(chunk)
          })
          response.on('error', fail)
          response.on('end', () => {
            clearTimeout(deadline)
            const headers: Record<string, string> = {}
            for (const [name, value] of Object.entries(response.headers)) headers[name] = String(value)
            resolve(answer(response.statusCode ?? 0, headers, Buffer.concat(chunks).toString('utf8')))
          })
        })
        request.end(body)
      }),
    close: () => agent.destroy(),
  }
}

/** The way through the API server, for clusters whose ingress cannot be reached. */
export function makeProxyPath(api: KubernetesApi, namespace: string, host: string): UsersPath {
  return {
    host,
    async request(input) {
      const service = input.path.startsWith('/api') ? 'backend-svc:5000' : 'frontend-svc:80'
      try {
        const { status, body, headers } = await api.raw({
          method: input.method,
          path: `/api/v1/namespaces/${namespace}/services/${service}/proxy${input.path}`,
          body: input.body === undefined ? undefined : JSON.stringify(input.body),
          timeoutMs: input.timeoutMs ?? defaultTimeoutMs,
        })
        return answer(status, headers, body)
      } catch (error) {
        const isOurs = error instanceof KubernetesError && error.status === 0
        return { status: null, detail: error instanceof Error ? error.message : String(error), isOurs }
      }
    },
    close() {},
  }
}

function answer(status: number, headers: Record<string, string>, body: string): AppAnswer {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    json = undefined
  }
  return { status, headers, body, json }
}

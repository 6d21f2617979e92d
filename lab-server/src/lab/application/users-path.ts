// The application as its users reach it: through the Ingress with the host header. Where no ingress
// controller can be reached, proxy-path.ts asks along the Ingress's own rules.
import { Agent, request as httpRequest } from 'node:http'

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

/** A browser's request, to be passed on as it is; `body` holds a byte in each character. */
export interface ForwardedRequest {
  method: string
  path: string
  headers: Record<string, string | string[] | undefined>
  body: string
}

export interface UsersPath {
  readonly host: string
  /** For the attempt's timeline: which way is used. */
  readonly way?: string
  request(request: AppRequest): Promise<AppAnswer | NoAnswer>
  /** Passes a browser's request on, where no ingress controller can be asked. */
  forward?(request: ForwardedRequest): Promise<{ status: number; headers: Record<string, string>; body: string }>
  close(): void
}

const defaultTimeoutMs = 5_000
const largestBody = 1_000_000

/** The way through the ingress controller. */
export function makeIngressPath(ingressUrl: string, host: string): UsersPath {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  return {
    host,
    way: `through the Ingress at ${ingressUrl}`,
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
            resolve(appAnswer(response.statusCode ?? 0, headers, Buffer.concat(chunks).toString('utf8')))
          })
        })
        request.end(body)
      }),
    close: () => agent.destroy(),
  }
}

/** An answer as checks read it. */
export function appAnswer(status: number, headers: Record<string, string>, body: string): AppAnswer {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    json = undefined
  }
  return { status, headers, body, json }
}

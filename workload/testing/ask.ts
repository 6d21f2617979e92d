// HTTP for tests: unlike fetch it can say which host it means, as a request through an Ingress must.
import { type IncomingHttpHeaders, request } from 'node:http'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** The parsed body; undefined when it is no JSON. */
  json: unknown
}

/** Sends one request; a body that is no string is sent as JSON. */
export function ask(
  base: string,
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string>; host?: string | undefined } = {},
): Promise<Answer> {
  const { body, host } = options
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  const headers = {
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text ?? '')) }),
    ...(host ? { host } : {}),
    ...options.headers,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, base), { method, headers, agent: false }, (response) => {
      let received = ''
      response.on('data', (chunk) => {
        received += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: received, json: parse(received) }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

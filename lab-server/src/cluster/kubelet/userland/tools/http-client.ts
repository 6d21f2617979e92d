// One HTTP exchange from the pod, for wget and curl.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { builtin } from '../builtin.ts'

export interface HttpRequest {
  socket: Socket
  url: URL
  method: string
  headers: Record<string, string>
  body?: Buffer
  insecure: boolean
  /** Authorities to trust in place of the usual ones, as PEM. */
  ca?: string
}

/** Sends the request over an open connection and resolves with the answer's head. */
export async function exchange({
  socket,
  url,
  method,
  headers,
  body,
  insecure,
  ca,
}: HttpRequest): Promise<IncomingMessage> {
  const stream = url.protocol === 'https:' ? await secure(socket, url.hostname, { insecure, ca }) : socket
  return new Promise((resolve, reject) => {
    const sent = builtin('node:http').request({
      createConnection: () => stream,
      method,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, ...(body ? { 'Content-Length': String(body.length) } : {}) },
      setDefaultHeaders: false,
      // Scripts end their headers with a bare newline, which real clients take as well.
      insecureHTTPParser: true,
    })
    sent.once('response', resolve)
    sent.once('error', reject)
    stream.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
    sent.end(body)
  })
}

function secure(
  socket: Socket,
  servername: string,
  { insecure, ca }: Pick<HttpRequest, 'insecure' | 'ca'>,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const name = /^[\d.]+$/.test(servername) ? undefined : servername
    const stream = builtin('node:tls').connect({ socket, servername: name, rejectUnauthorized: !insecure, ca })
    stream.once('secureConnect', () => resolve(stream))
    stream.once('error', reject)
  })
}

/** Reads `host:port/path` as people write it. */
export function parseUrl(text: string): URL | undefined {
  try {
    const url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`)
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
  } catch {
    return undefined
  }
}

export const portOf = (url: URL) => Number(url.port || (url.protocol === 'https:' ? 443 : 80))

/** The names of headers as the server wrote them, in order. */
export function* rawHeaders({ rawHeaders: list }: IncomingMessage): Iterable<[string, string]> {
  for (let index = 0; index < list.length; index += 2) yield [list[index] ?? '', list[index + 1] ?? '']
}

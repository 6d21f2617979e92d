// HTTP around the API: bodies in, JSON out, one access log line per request.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { type Answer, type ApiContext, answer } from './api.ts'
import { BadRequest } from './task-input.ts'

// An import of node:http evaluates all of its exports, a browser's WebSocket with a client for fetch among them: 14 MB
// and 0.1 s of CPU in every pod.
const { createServer } = process.getBuiltinModule('node:http')

const bodyLimit = 1024 * 1024

/** Makes the HTTP server; it does not listen yet. */
export function makeServer(context: ApiContext): Server {
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    const method = request.method ?? 'GET'
    const result = await answer(context, { method, path, readBody: () => readJson(request) })
    const bytes = send(request, response, result, context.config.development)
    context.log.access({
      remoteAddress: request.socket.remoteAddress?.replace('::ffff:', '') ?? '-',
      requestLine: `${method} ${request.url} HTTP/${request.httpVersion}`,
      status: result.status,
      bytes,
      referer: request.headers.referer,
      userAgent: request.headers['user-agent'],
    })
  })
  // Idle connections of the ingress controller outlive those of a browser.
  server.keepAliveTimeout = 75_000
  server.requestTimeout = 30_000
  return server
}

function send(request: IncomingMessage, response: ServerResponse, result: Answer, isPretty: boolean): number {
  const text = result.body === undefined ? '' : `${JSON.stringify(result.body, null, isPretty ? 2 : 0)}\n`
  const length = Buffer.byteLength(text)
  // What was not read of a refused body must not be taken for the next request.
  const close = request.complete ? {} : { connection: 'close' }
  response.writeHead(result.status, {
    'content-type': 'application/json',
    'content-length': length,
    ...result.headers,
    ...close,
  })
  response.end(request.method === 'HEAD' ? undefined : text)
  return length
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json' && !type.endsWith('+json')) {
    throw new BadRequest('Content-Type must be application/json', 415)
  }
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > bodyLimit) throw tooLarge()
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new BadRequest('Request body must be valid JSON')
  }
}

function tooLarge(): BadRequest {
  return new BadRequest(`Request body must be at most ${bodyLimit} bytes`, 413)
}

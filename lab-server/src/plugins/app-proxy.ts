// Serves each attempt's broken application on an origin of its own, `<attempt>.app.localhost`, so that nothing
// it sends can reach the lab's cookies or routes. It asks the sandbox's ingress under the application's host.
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { AppTarget } from '../lab/lab.ts'

const hopHeaders = new Set([
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** What proves who someone is to the lab is none of the application's business: a student decides what runs there. */
const ownHeaders = new Set(['authorization', 'cookie'])
const timeoutMs = 60_000
const largestPassedBody = 1_000_000

export interface AppProxyOptions {
  /** `app.localhost`, or a configured domain; without a port. */
  domain: string
  targetOf(attemptId: string): AppTarget | undefined
}

/** The attempt that a Host header names, or undefined for the lab's own hosts. */
export function attemptOfHost(host: string | undefined, domain: string): string | undefined {
  const name = (host ?? '').toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '')
  if (!name.endsWith(`.${domain}`)) return undefined
  return name.slice(0, -domain.length - 1)
}

/** Takes requests for applications before any route or hook of the lab sees them. */
export function installAppProxy(app: FastifyInstance, options: AppProxyOptions): void {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  app.addHook('onRequest', async (request, reply) => {
    const attemptId = attemptOfHost(request.headers.host, options.domain)
    if (attemptId === undefined) return
    reply.hijack()
    if (request.headers.upgrade !== undefined) {
      // The socket of an upgrade is nobody's after the answer: it has to be ended here.
      reply.raw.once('finish', () => request.raw.socket.destroySoon())
      sendPage(reply.raw, 501, 'No sockets here', 'The application speaks plain HTTP.')
      return
    }
    const target = options.targetOf(attemptId)
    if (!target) {
      sendPage(reply.raw, 404, 'No application here', 'The attempt has ended, or its application is not deployed yet.')
      return
    }
    if ('forward' in target) await passOn(request.raw, reply.raw, target.forward)
    else forward(request.raw, reply.raw, target, agent)
  })
  app.addHook('onClose', async () => agent.destroy())
}

type Forward = Extract<AppTarget, { forward: unknown }>['forward']

/** Where no ingress controller can be asked: the whole request, then the whole answer. */
async function passOn(from: IncomingMessage, to: ServerResponse, ask: Forward): Promise<void> {
  try {
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of from) {
      size += chunk.length
      if (size > largestPassedBody)
        return sendPage(to, 413, 'Too large', 'The request is longer than the lab passes on.')
      chunks.push(chunk)
    }
    const answer = await ask({
      method: from.method ?? 'GET',
      path: from.url ?? '/',
      headers: Object.fromEntries(Object.entries(from.headers).filter(([name]) => !ownHeaders.has(name))),
      body: Buffer.concat(chunks).toString('latin1'),
    })
    const body = Buffer.from(answer.body, 'latin1')
    const kept = Object.entries(answer.headers).filter(
      ([name]) => !hopHeaders.has(name) && name !== 'set-cookie' && name !== 'content-length',
    )
    to.writeHead(answer.status, { ...Object.fromEntries(kept), 'content-length': body.length })
    to.end(body)
  } catch (error) {
    if (to.headersSent) to.destroy()
    else sendPage(to, 502, 'The application cannot be asked', error instanceof Error ? error.message : String(error))
  }
}

function forward(
  from: IncomingMessage,
  to: ServerResponse,
  { ingressUrl, host }: Extract<AppTarget, { ingressUrl: string }>,
  agent: Agent,
): void {
  const headers: Record<string, string | string[]> = { 'x-forwarded-host': from.headers.host ?? '' }
  for (const [name, value] of Object.entries(from.headers)) {
    if (value !== undefined && !hopHeaders.has(name) && !ownHeaders.has(name)) headers[name] = value
  }
  headers.host = host
  const url = new URL(ingressUrl)
  const request = httpRequest({
    host: url.hostname,
    port: url.port || 80,
    path: from.url,
    method: from.method,
    headers,
    agent,
    timeout: timeoutMs,
  })
  request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)))
  request.on('error', (error) => {
    if (to.headersSent) to.destroy()
    else sendPage(to, 502, 'The ingress controller does not answer', error.message)
  })
  request.on('response', (answer) => {
    const kept = Object.entries(answer.headers).filter(([name]) => !hopHeaders.has(name) && name !== 'set-cookie')
    to.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept))
    answer.pipe(to)
    answer.on('error', () => to.destroy())
  })
  to.on('close', () => request.destroy())
  from.pipe(request)
}

function sendPage(to: ServerResponse, status: number, title: string, text: string): void {
  const safe = text.replace(/[<>&"]/g, '')
  to.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'cache-control': 'no-store',
  })
  to.end(
    `<!doctype html><title>${title}</title><style>body{font:16px system-ui;margin:4rem auto;max-width:32rem;padding:0 1rem}</style><h1>${title}</h1><p>${safe}</p>`,
  )
}

// Stands between a client and an API server, on loopback, and does to their talk what networks and busy servers do.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { KubeAccess } from '../../src/lab/kubernetes/kubeconfig.ts'

/** An answer in place of the server's. */
export interface Refusal {
  status: number
  headers?: Record<string, string>
  body?: string
}

export interface FaultProxy {
  /** For clients: the proxy has the credentials. */
  access: KubeAccess
  /** Every request that came, in order. */
  requests: { atMs: number; method: string; path: string; isWatch: boolean }[]
  /** Decides for each request; undefined lets it pass. */
  refuse(rule: ((request: IncomingMessage) => Refusal | undefined) | undefined): void
  /** Calls back at a request: before it is passed on, or after it was done; either way it is never answered. */
  trap(hit: ((request: IncomingMessage) => 'before' | 'after' | undefined) | undefined, onHit: () => void): void
  /** Breaks every connection that is open. */
  cut(): void
  /** Keeps every stream that is open, and passes nothing on any more: a half-open connection. */
  stall(): void
  /** Accepts and closes at once while true, as a server that is being restarted. */
  isDown: boolean
  stop(): Promise<void>
}

/** Starts the proxy before the API server of `upstream`. */
export async function startFaultProxy(upstream: KubeAccess): Promise<FaultProxy> {
  const streams = new Set<{ request: IncomingMessage; response: ServerResponse; isStalled: boolean }>()
  const requests: FaultProxy['requests'] = []
  let rule: ((request: IncomingMessage) => Refusal | undefined) | undefined
  let hit: ((request: IncomingMessage) => 'before' | 'after' | undefined) | undefined
  let onHit = () => {}
  const spring = () => {
    hit = undefined
    onHit()
  }

  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    requests.push({
      atMs: performance.now(),
      method: request.method ?? 'GET',
      path,
      isWatch: path.includes('watch=true'),
    })
    if (proxy.isDown) return void request.socket.destroy()
    const refusal = rule?.(request)
    if (refusal) {
      response.writeHead(refusal.status, { 'content-type': 'application/json', ...refusal.headers })
      return void response.end(refusal.body ?? '')
    }
    const trapped = hit?.(request)
    if (trapped) hit = undefined
    if (trapped === 'before') {
      spring()
      return void request.socket.destroy()
    }
    const stream = { request, response, isStalled: false }
    streams.add(stream)
    response.on('close', () => streams.delete(stream))
    const { host: _host, connection: _connection, ...headers } = request.headers
    const forward = httpsRequest(upstream.server + path, {
      method: request.method,
      headers: { ...headers, ...(upstream.token && { authorization: `Bearer ${upstream.token}` }) },
      ca: upstream.ca,
      cert: upstream.clientCertificate,
      key: upstream.clientKey,
    })
    forward.on('error', () => response.destroy())
    forward.on('response', (answer) => {
      if (trapped === 'after') {
        answer.resume()
        spring()
        return void request.socket.destroy()
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      response.flushHeaders()
      answer.on('data', (chunk) => stream.isStalled || response.write(chunk))
      answer.on('end', () => stream.isStalled || response.end())
      answer.on('error', () => response.destroy())
    })
    response.on('close', () => forward.destroy())
    request.pipe(forward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: FaultProxy = {
    access: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    requests,
    isDown: false,
    refuse: (next) => {
      rule = next
    },
    trap(next, callback) {
      hit = next
      onHit = callback
    },
    cut: () => server.closeAllConnections(),
    stall() {
      for (const stream of streams) stream.isStalled = true
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}

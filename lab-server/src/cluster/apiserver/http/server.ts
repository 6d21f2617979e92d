// The socket: HTTPS on loopback, HTTP/1.1, client certificates asked for but not required.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Authority } from '../tls/authority.ts'

/** How requests are handled. */
export interface ServerOptions {
  authority: Authority
  host: string
  port: number
  handle(request: IncomingMessage, response: ServerResponse): void
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** A listening server. */
export interface RunningServer {
  port: number
  /** Serves a connection that came in somewhere else. */
  accept(socket: Socket): void
  stop(): Promise<void>
}

// What is no HTTP is answered as Go's server does.
function refusal(status: string): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`
}

/** Listens; resolves when connections are accepted, rejects when the port cannot be had. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { authority } = options
  const server = createServer({
    cert: authority.server.certificate,
    key: authority.server.key,
    ca: authority.ca.certificate,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    keepAliveTimeout: 90_000,
    // Watches and exec sessions live as long as they like.
    requestTimeout: 0,
    headersTimeout: 30_000,
    maxHeaderSize: 64 * 1024,
  })
  const sockets = new Set<Duplex>()
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('close', () => sockets.delete(socket))
    // A client that resets its connection is no news.
    socket.on('error', () => {})
  })
  server.on('request', options.handle)
  server.on('upgrade', (request, socket, head) => options.handleUpgrade(request, socket, head))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const isTooLong = error.code === 'HPE_HEADER_OVERFLOW'
    if (socket.writable) socket.end(refusal(isTooLong ? '431 Request Header Fields Too Large' : '400 Bad Request'))
    else socket.destroy()
  })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  await listen(server, options.port, options.host)
  return {
    port: (server.address() as AddressInfo).port,
    accept: (socket) => void server.emit('connection', socket),
    stop() {
      return new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      })
    },
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

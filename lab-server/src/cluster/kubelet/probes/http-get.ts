// One HTTP request of the kubelet to a pod, for probes and hooks.
import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { KubeletContext } from '../kubelet-context.ts'
import { DialError, dial } from './dial.ts'

/** What to ask, and of whom. */
export interface HttpGet {
  host: string
  port: number
  path: string
  scheme: string
  headers: { name: string; value: string }[]
  userAgent: string
  timeoutMs: number
  podIp: string
}

/** An answer's status, or why there was none in the words of Go's net/http. */
export type HttpResult = { kind: 'answer'; status: number; location?: string } | { kind: 'error'; message: string }

const timeoutText = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'

/** Makes the request; never throws. */
export async function httpGet(context: KubeletContext, get: HttpGet): Promise<HttpResult> {
  const url = probeUrl(get)
  const failed = (why: string): HttpResult => ({ kind: 'error', message: `Get "${url}": ${why}` })
  let socket: Socket
  try {
    socket = await dial(context, get)
  } catch (error) {
    if (error instanceof DialError) return failed(error.isTimeout ? timeoutText : error.message)
    throw error
  }
  const from = `${socket.localAddress}:${socket.localPort}`
  // The timeout is the cluster's time, so that a fast cluster has fast timeouts.
  let isLate = false
  const timer = context.clock.after(get.timeoutMs, () => {
    isLate = true
    socket.destroy()
  })
  try {
    const stream = get.scheme === 'HTTPS' ? await secure(socket) : socket
    const response = await send(stream, get)
    return {
      kind: 'answer',
      status: response.statusCode ?? 0,
      ...(response.headers.location ? { location: response.headers.location } : {}),
    }
  } catch (error) {
    return failed(isLate ? timeoutText : exchangeError(error as ExchangeError, `${from}->${get.host}:${get.port}`))
  } finally {
    timer.cancel()
    socket.destroy()
  }
}

function probeUrl({ scheme, host, port, path }: HttpGet): string {
  return `${scheme.toLowerCase()}://${host}:${port}${requestPath(path)}`
}

/** The path as it goes over the wire; what is escaped already stays so. */
export function requestPath(path: string): string {
  const rooted = path.startsWith('/') ? path : `/${path}`
  return encodeURI(rooted).replace(/%25([0-9a-f]{2})/gi, '%$1')
}

function send(socket: Socket, get: HttpGet): Promise<IncomingMessage> {
  const headers = new Map<string, string>([
    ['user-agent', get.userAgent],
    ['accept', '*/*'],
    ['connection', 'close'],
    ['host', `${get.host}:${get.port}`],
  ])
  // An empty User-Agent or Accept takes the default away, as upstream documents it.
  for (const { name, value } of get.headers) headers.set(name.toLowerCase(), value)
  return new Promise((resolve, reject) => {
    const call = request({
      createConnection: () => socket,
      method: 'GET',
      path: requestPath(get.path),
      headers: Object.fromEntries([...headers].filter(([, value]) => value !== '')),
      setHost: false,
    })
    call.once('response', (response) => {
      response.resume()
      response.on('error', () => {})
      resolve(response)
    })
    call.once('error', reject)
    call.end()
  })
}

/** Probes do not verify certificates. */
function secure(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({ socket, rejectUnauthorized: false }, () => resolve(secured))
    secured.once('error', reject)
  })
}

interface ExchangeError extends NodeJS.ErrnoException {
  /** What came, when it was not HTTP. */
  rawPacket?: Buffer
}

/** `path` is the connection's two ends, as Go prints them. */
function exchangeError(error: ExchangeError, path: string): string {
  switch (error.code) {
    case 'ECONNRESET':
      return error.message === 'socket hang up' ? 'EOF' : `read tcp ${path}: read: connection reset by peer`
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'http: server gave HTTP response to HTTPS client'
    case 'EPIPE':
      return 'EOF'
  }
  if (!error.code?.startsWith('HPE_')) return error.message
  const line = error.rawPacket?.toString('latin1').split(/\r?\n/)[0] ?? ''
  return `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${JSON.stringify(line)}`
}

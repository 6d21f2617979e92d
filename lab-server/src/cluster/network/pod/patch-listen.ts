// Makes servers of this process listen on the pod's own addresses, where the container says "everywhere".
import { createServer, Server } from 'node:net'
import type { PodNetwork } from './pod-network.ts'

interface ListenOptions {
  port?: number | string
  host?: string
  path?: string
  fd?: number
  backlog?: number
}
type Listen = (options: object, callback?: () => void) => Server

const everywhere = ['', '0.0.0.0', '::', undefined]
const loopbacks = ['127.0.0.1', 'localhost', '::1']

/** Replaces `Server.listen`; Unix sockets and inherited descriptors stay as they are. */
export function patchListen(network: PodNetwork): void {
  const original = Server.prototype.listen as Listen

  function listen(this: Server, ...args: unknown[]): Server {
    const options = readArguments(args)
    if (!options) return Reflect.apply(original, this, args)
    const callback = args.findLast((arg) => typeof arg === 'function')
    const port = network.hostPort(Number(options.port ?? 0))
    const isEverywhere = everywhere.includes(options.host)
    const isLoopback = loopbacks.includes(options.host ?? '')
    if (!isEverywhere && !isLoopback && options.host !== network.address) {
      return refuse(this, options.host ?? '', port)
    }
    const host = isLoopback ? network.loopback : network.address
    if (isEverywhere) this.once('listening', () => addLoopback(this, network, original))
    return Reflect.apply(original, this, [{ ...options, host, port }, ...(callback ? [callback] : [])])
  }

  Server.prototype.listen = listen as typeof Server.prototype.listen
}

function readArguments(args: unknown[]): ListenOptions | undefined {
  const [first, second, third] = args
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    const host = typeof second === 'string' ? second : undefined
    const backlog = [second, third].find((arg) => typeof arg === 'number')
    return { port: first, ...(host === undefined ? {} : { host }), ...(backlog === undefined ? {} : { backlog }) }
  }
  if (first === undefined || typeof first === 'function') return { port: 0 }
  if (typeof first !== 'object' || first === null) return undefined
  const options: ListenOptions = first
  return options.port === undefined || options.path !== undefined || options.fd !== undefined ? undefined : options
}

/** A second listener on the pod's loopback whose connections become those of the server. */
function addLoopback(server: Server, network: PodNetwork, listen: Listen): void {
  const address = server.address()
  if (typeof address !== 'object' || address === null) return
  const shadow = createServer({ pauseOnConnect: false }, (socket) => server.emit('connection', socket))
  shadow.on('error', () => {}) // Someone listens on the loopback already; the pod's address works.
  shadow.unref()
  Reflect.apply(listen, shadow, [{ host: network.loopback, port: address.port }])
  const close = server.close
  server.close = function closeBoth(...args) {
    shadow.close()
    server.close = close
    return Reflect.apply(close, server, args)
  }
}

function refuse(server: Server, address: string, port: number): Server {
  const error = new Error(`listen EADDRNOTAVAIL: address not available ${address}:${port}`)
  const details = { code: 'EADDRNOTAVAIL', errno: -99, syscall: 'listen', address, port }
  setImmediate(() => server.emit('error', Object.assign(error, details)))
  return server
}

// Makes TCP connections of this process leave from the pod's address and end where the cluster routes them.
import { errorMonitor } from 'node:events'
import { isIP, Socket, type TcpSocketConnectOpts } from 'node:net'
import type { PodNetwork } from './pod-network.ts'
import { resolveName } from './resolve-name.ts'

type Connect = (options: object, callback?: () => void) => Socket

/** Linux gives up on a connection whose packets vanish after this long. */
const silenceMs = 127_000

/** Replaces `Socket.connect`; Unix sockets stay as they are. */
export function patchConnect(network: PodNetwork): void {
  const original = Socket.prototype.connect as Connect

  function connect(this: Socket, ...args: unknown[]): Socket {
    const [options, callback] = readArguments(args)
    if (!isTcp(options)) return Reflect.apply(original, this, args)
    const host = options.host ?? 'localhost'
    const go = (ip: string) => connectTo(this, { ...options, host: ip }, callback)
    if (isIP(host)) return go(host)
    markConnecting(this)
    resolveName(network, host).then(
      ([ip = '']) => {
        this.emit('lookup', null, ip, 4, host)
        if (!this.destroyed) go(ip)
      },
      (error: Error) => {
        this.emit('lookup', error, undefined, undefined, host)
        this.destroy(error)
      },
    )
    return this
  }

  function connectTo(socket: Socket, options: TcpSocketConnectOpts & { host: string }, callback?: () => void): Socket {
    const { host: ip, port } = options
    const target = network.route(ip, Number(port), 'TCP')
    if (target.kind === 'refused') return failLater(socket, 'ECONNREFUSED', -111, options)
    if (target.kind === 'dropped') return vanish(socket, options)
    // Errors name the address that the program asked for, not the endpoint behind it.
    const events: NodeJS.EventEmitter = socket
    events.once(errorMonitor, (error: Error & { code?: string; syscall?: string }) => {
      if (error.syscall !== 'connect') return
      error.message = `connect ${error.code} ${ip}:${port}`
      Object.assign(error, { address: ip, port: Number(port) })
    })
    const localAddress = target.host === network.loopback ? network.loopback : network.address
    const real = {
      ...options,
      host: target.host,
      port: target.port,
      localAddress,
      autoSelectFamily: false,
      lookup: undefined,
    }
    return Reflect.apply(original, socket, callback ? [real, callback] : [real])
  }

  Socket.prototype.connect = connect as typeof Socket.prototype.connect
}

/** `connect(options)`, `connect(port, host)`, and the array that `net.connect` hands on. */
function readArguments(args: unknown[]): [Partial<TcpSocketConnectOpts> & { path?: string }, (() => void) | undefined] {
  const list = Array.isArray(args[0]) ? args[0] : args
  const callback = list.findLast((arg): arg is () => void => typeof arg === 'function')
  const [first, second] = list
  if (typeof first === 'object' && first !== null) return [first, callback]
  if (typeof first === 'string' && !/^\d+$/.test(first)) return [{ path: first }, callback]
  return [{ port: Number(first), host: typeof second === 'string' ? second : undefined }, callback]
}

function isTcp(options: Partial<TcpSocketConnectOpts> & { path?: string }): options is TcpSocketConnectOpts {
  return options.port !== undefined && !options.path
}

/** What Node itself sets while it looks a name up, so that writes wait instead of failing. */
function markConnecting(socket: Socket): void {
  Object.assign(socket, { connecting: true })
}

function failLater(socket: Socket, code: string, errno: number, { host, port }: TcpSocketConnectOpts): Socket {
  markConnecting(socket)
  const error = new Error(`connect ${code} ${host}:${port}`)
  setImmediate(() => socket.destroy(Object.assign(error, { code, errno, syscall: 'connect', address: host, port })))
  return socket
}

function vanish(socket: Socket, options: TcpSocketConnectOpts): Socket {
  markConnecting(socket)
  const timer = setTimeout(() => failLater(socket, 'ETIMEDOUT', -110, options), silenceMs)
  socket.once('close', () => clearTimeout(timer))
  return socket
}

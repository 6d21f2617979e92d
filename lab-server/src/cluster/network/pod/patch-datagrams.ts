// Datagrams of this process: from the pod's address, to the ports that the machine really has.
import { Socket } from 'node:dgram'
import { isIP } from 'node:net'
import type { PodNetwork } from './pod-network.ts'

type Anything = (...args: unknown[]) => unknown

/** Replaces `bind`, `connect` and `send` of UDP sockets. */
export function patchDatagrams(network: PodNetwork): void {
  const { bind, connect, send } = Socket.prototype as unknown as Record<'bind' | 'connect' | 'send', Anything>
  const isPlain = (host: unknown) => typeof host !== 'string' || !isIP(host)
  const route = (host: string, port: number) => {
    const target = network.route(host, port, 'UDP')
    return target.kind === 'connect' ? target : undefined
  }

  Object.assign(Socket.prototype, {
    bind(this: Socket, ...args: unknown[]) {
      const [first] = args
      const options =
        typeof first === 'object' && first !== null ? first : { port: typeof first === 'number' ? first : 0 }
      const {
        address = typeof args[1] === 'string' ? args[1] : undefined,
        port = 0,
      }: { address?: string; port?: number } = options
      const host = address?.startsWith('127.0.0.') ? network.loopback : network.address
      const callback = args.findLast((arg) => typeof arg === 'function')
      const real = { ...options, address: host, port: network.hostPort(port) }
      return Reflect.apply(bind, this, callback ? [real, callback] : [real])
    },
    connect(this: Socket, port: number, host: unknown, ...rest: unknown[]) {
      const target = isPlain(host) ? undefined : route(String(host), port)
      return Reflect.apply(connect, this, target ? [target.port, target.host, ...rest] : [port, host, ...rest])
    },
    send(this: Socket, ...args: unknown[]) {
      const at = args.findLastIndex((arg) => typeof arg === 'string' && isIP(arg) !== 0)
      const port = args[at - 1]
      if (at < 2 || typeof port !== 'number') return Reflect.apply(send, this, args)
      const target = route(String(args[at]), port)
      if (!target) return undefined
      return Reflect.apply(send, this, args.with(at, target.host).with(at - 1, target.port))
    },
  })
}

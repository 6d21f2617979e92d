// Connections of the kubelet to pods, with errors in the words of Go's net package.
import { isIP, type Socket } from 'node:net'
import type { KubeletContext } from '../kubelet-context.ts'

/** Where to connect, and how long to try. `podIp` is the pod that asks for it. */
export interface DialTarget {
  host: string
  port: number
  timeoutMs: number
  podIp: string
}

/** A connection that could not be made; `isTimeout` when it took too long. */
export class DialError extends Error {
  readonly isTimeout: boolean
  constructor(message: string, isTimeout = false) {
    super(message)
    this.isTimeout = isTimeout
  }
}

/** Connects as the node does. Names are the node's, which knows none of the cluster's. */
export async function dial(context: KubeletContext, { host, port, timeoutMs, podIp }: DialTarget): Promise<Socket> {
  const { network, clock } = context
  if (isIP(host) === 0) throw new DialError(`dial tcp: lookup ${host}: no such host`)
  const at = `dial tcp ${host}:${port}`
  // A probe's `host` must not become a way to this machine's own services.
  const isCluster = [...network.hostCidrs, network.serviceCidr].some((cidr) => isInside(host, cidr))
  if (host !== podIp && !isCluster) throw new DialError(`${at}: connect: connection refused`)

  let timer: { cancel(): void } | undefined
  const connecting = network.dial(host, port, clock.toWallMs(timeoutMs))
  const timedOut = new Promise<never>((_resolve, reject) => {
    timer = clock.after(timeoutMs, () => reject(new DialError(`${at}: i/o timeout`, true)))
  })
  try {
    return await Promise.race([connecting, timedOut])
  } catch (error) {
    connecting.then((socket) => socket.destroy()).catch(() => {})
    if (error instanceof DialError) throw error
    throw dialError(at, error as NodeJS.ErrnoException)
  } finally {
    timer?.cancel()
  }
}

const words: Record<string, string> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ECONNRESET: 'connect: connection reset by peer',
}

function dialError(at: string, error: NodeJS.ErrnoException): DialError {
  if (error.code === 'ETIMEDOUT') return new DialError(`${at}: i/o timeout`, true)
  return new DialError(`${at}: ${words[error.code ?? ''] ?? error.message}`)
}

function isInside(ip: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/')
  const mask = Number(bits) === 0 ? 0 : (~0 << (32 - Number(bits))) >>> 0
  return (toNumber(ip) & mask) >>> 0 === (toNumber(base) & mask) >>> 0
}

function toNumber(ip: string): number {
  return ip.split('.').reduce((value, part) => ((value << 8) | Number(part)) >>> 0, 0)
}

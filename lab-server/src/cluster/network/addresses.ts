// Which loopback addresses a cluster of the portable level lives on. Every cluster of the machine claims an index
// N of its own, so that 127.42.N.0/24 are its pods, 127.43.N.0/24 its services and 127.44.N.0/24 what its pods
// see as 127.0.0.1.
import { createServer } from 'node:net'

/** The addresses of one cluster; `release` gives the index back. */
export interface ClusterAddresses {
  readonly index: number
  readonly podCidr: string
  readonly serviceCidr: string
  readonly nodeIp: string
  readonly dnsIp: string
  /** Whom requests through the ingress controller come from. */
  readonly ingressIp: string
  release(): Promise<void>
}

/** Nothing of a pod or service listens here; whoever holds it owns the index. */
const lockPort = 61_999
const indexes = 256

/** Claims `preferred`, else the first free index of the machine; throws when all are taken. */
export async function claimClusterAddresses(preferred?: number): Promise<ClusterAddresses> {
  const order = [...(preferred === undefined ? [] : [preferred]), ...Array(indexes).keys()]
  for (const index of order) {
    const lock = createServer((socket) => socket.destroy())
    const isMine = await new Promise<boolean>((resolve, reject) => {
      lock.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') resolve(false)
        else reject(new Error(`cannot bind 127.42.${index}.1: ${error.message}`))
      })
      lock.listen({ host: `127.42.${index}.1`, port: lockPort, exclusive: true }, () => resolve(true))
    })
    if (!isMine) continue
    lock.unref()
    return {
      index,
      podCidr: `127.42.${index}.0/24`,
      serviceCidr: `127.43.${index}.0/24`,
      nodeIp: `127.42.${index}.1`,
      dnsIp: `127.43.${index}.10`,
      ingressIp: `127.42.${index}.254`,
      release: () => new Promise((resolve) => lock.close(() => resolve())),
    }
  }
  throw new Error(`all ${indexes} cluster networks of this machine are in use`)
}

/** What a pod reaches as 127.0.0.1. */
export function loopbackOf(podIp: string): string {
  return podIp.replace(/^127\.42\./, '127.44.')
}

/** Whether an address lies in a range such as `127.42.0.0/24`. */
export function isInCidr(ip: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/')
  const [address, start] = [toNumber(ip), toNumber(base)]
  if (address === undefined || start === undefined) return false
  const size = 2 ** (32 - Number(bits))
  return Math.floor(address / size) === Math.floor(start / size)
}

function toNumber(ip: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(ip)
  if (!match) return undefined
  const parts = match.slice(1).map(Number)
  return parts.every((part) => part <= 255) ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined
}

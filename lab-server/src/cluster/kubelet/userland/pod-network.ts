// The pod's network as tools see it: names resolve through the cluster's DNS, connections leave from the pod's address.

import net, { isIPv4, type Socket } from 'node:net'
import {
  decodeResponse,
  encodeQuery,
  type RecordType,
  type ResourceRecord,
  type ResponseCode,
  typeNumbers,
} from '../../network/dns/message.ts'
import type { Way } from '../../network/routing/trace-way.ts'
import { builtin } from './builtin.ts'
import type { JailFs } from './fs/jail-fs.ts'
import type { UserlandContainer } from './protocol.ts'

export interface DnsAnswer {
  code: ResponseCode
  answers: ResourceRecord[]
}

/** Thrown for a name that nobody knows. */
export class UnknownHost extends Error {
  readonly code = 'ENOTFOUND'
  readonly host: string
  constructor(host: string) {
    super(`getaddrinfo ENOTFOUND ${host}`)
    this.host = host
  }
}

export interface PodNetwork {
  /** Addresses of a name: itself, /etc/hosts, then the cluster's DNS with the search domains. */
  resolve(host: string): Promise<string[]>
  /** Asks the pod's DNS server for exactly this name; undefined when it does not answer. */
  query(name: string, type: RecordType): Promise<DnsAnswer | undefined>
  /** What /etc/resolv.conf says. */
  resolver(): Promise<{ nameserver: string; search: string[]; ndots: number }>
  /** The way of a packet to an address, and whether an echo comes back. */
  trace(address: string): Promise<Way>
  /** Connects to an address; errors carry Node's `code`. */
  connect(address: string, port: number, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<Socket>
}

/** Where a server of the pod listens that asks for every address: its own, where the network does not route servers itself. */
export const everyAddressOf = ({ networkEnv, podIp }: UserlandContainer) =>
  networkEnv.PODNET_PRELOAD ? '0.0.0.0' : podIp

export interface PodNetworkSetting {
  container: UserlandContainer
  fs: JailFs
  /** Asks the cluster's DNS through the runtime, where the network brings no resolver of its own. */
  askCluster(name: string): Promise<string[]>
  /** Asks which way packets take, through the runtime. */
  trace(address: string): Promise<Way>
}

/** Makes the network of one pod. This process learns its pod late, so it loads the network's part now. */
export async function makePodNetwork({ container, fs, askCluster, trace }: PodNetworkSetting): Promise<PodNetwork> {
  const preload = container.networkEnv.PODNET_PRELOAD
  Object.assign(process.env, container.networkEnv)
  if (preload) await import(preload)

  async function resolver() {
    const lines = (await fs.readFile('/etc/resolv.conf').catch(() => ''))
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
    const wordsAfter = (key: string) => lines.filter(([first]) => first === key).map((words) => words.slice(1))
    const ndots = /ndots:(\d+)/.exec(wordsAfter('options').flat().join(' '))?.[1]
    return {
      nameserver: wordsAfter('nameserver')[0]?.[0] ?? '',
      search: wordsAfter('search').at(-1) ?? [],
      ndots: Number(ndots ?? 1),
    }
  }

  async function askThroughRuntime(host: string): Promise<string[]> {
    if (isIPv4(host)) return [host]
    const listed = addressesIn(await fs.readFile('/etc/hosts').catch(() => ''), host)
    if (listed.length > 0) return listed
    for (const name of candidateNames(host, await resolver())) {
      const found = await askCluster(name)
      if (found.length > 0) return found
    }
    return []
  }

  // Addresses of the portable level look like the loopback's, and are pods, nodes and Services.
  const isOwn = (address: string) =>
    address === '0.0.0.0' || (address.startsWith('127.') && !/^127\.4[234]\./.test(address))

  return {
    resolve: preload ? lookUp : askThroughRuntime,
    async query(name, type) {
      if (preload) return queryServer((await resolver()).nameserver, name, type)
      const addresses = type === 'A' ? await askCluster(name) : []
      return {
        code: addresses.length > 0 ? 'NOERROR' : 'NXDOMAIN',
        answers: addresses.map((address) => ({ name, ttl: 5, type: 'A', address })),
      }
    },
    resolver,
    trace: (address) => (isOwn(address) ? Promise.resolve({ hops: [], answers: true }) : trace(address)),
    connect: (address, port, options = {}) => connect(preload ? undefined : container.podIp, address, port, options),
  }
}

async function lookUp(host: string): Promise<string[]> {
  try {
    return (await builtin('node:dns/promises').lookup(host, { all: true, family: 4 })).map(({ address }) => address)
  } catch {
    return []
  }
}

function addressesIn(hosts: string, host: string): string[] {
  return hosts.split('\n').flatMap((line) => {
    const [address, ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/)
    return address && isIPv4(address) && names.includes(host) ? [address] : []
  })
}

/** The names to ask for, in order, as the C library does it. */
export function candidateNames(host: string, { search, ndots }: { search: string[]; ndots: number }): string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)]
  const searched = search.map((domain) => `${host}.${domain}`)
  const dots = host.split('.').length - 1
  return dots >= ndots ? [host, ...searched] : [...searched, host]
}

/** How long a tool waits for a DNS server. */
const dnsTimeoutMs = 5000

/** Sends one query to a server; undefined when it does not answer. */
function queryServer(server: string, name: string, type: RecordType): Promise<DnsAnswer | undefined> {
  const id = Math.floor(Math.random() * 65_536)
  return new Promise((resolve) => {
    const socket = builtin('node:dgram').createSocket('udp4')
    const finish = (answer: DnsAnswer | undefined) => {
      clearTimeout(timer)
      socket.removeAllListeners()
      socket.on('error', () => {})
      socket.close()
      resolve(answer)
    }
    const timer = setTimeout(finish, dnsTimeoutMs, undefined)
    socket.on('error', () => finish(undefined))
    socket.on('message', (message) => {
      const response = decodeResponse(message)
      if (response?.id === id) finish(response)
    })
    socket.bind(0, () => socket.send(encodeQuery(id, { name, type: typeNumbers[type] }), 53, server))
  })
}

function connect(
  podIp: string | undefined,
  address: string,
  port: number,
  { timeoutMs, signal }: { timeoutMs?: number; signal?: AbortSignal },
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // 127.0.0.1 in a pod is the pod itself.
    const host = podIp !== undefined && /^127\.0\.0\.1$|^0\.0\.0\.0$/.test(address) ? podIp : address
    const socket = net.connect({ host, port, localAddress: podIp })
    const fail = (error: Error) => {
      socket.destroy()
      reject(error)
    }
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => fail(withCode('ETIMEDOUT')), timeoutMs)
    const abort = () => fail(withCode('ECONNABORTED'))
    signal?.addEventListener('abort', abort, { once: true })
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    socket.once('connect', () => {
      settle()
      socket.removeListener('error', fail)
      resolve(socket)
    })
    socket.once('error', (error) => {
      settle()
      fail(error)
    })
  })
}

function withCode(code: string): Error {
  const error: NodeJS.ErrnoException = new Error(code)
  error.code = code
  return error
}

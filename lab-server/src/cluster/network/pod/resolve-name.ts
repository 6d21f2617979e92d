// getaddrinfo as a pod's libc does it: the hosts file, then the name servers with their search list.
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { decodeResponse, encodeQuery, type ResponseCode, typeNumbers } from '../dns/message.ts'
import type { PodNetwork } from './pod-network.ts'

interface ResolverConfig {
  servers: string[]
  searches: string[]
  ndots: number
  timeoutMs: number
  attempts: number
}

type Answer = { code: ResponseCode; addresses: string[] }

/** Resolves a name to IPv4 addresses; rejects as Node's own lookup does (`ENOTFOUND`, `EAI_AGAIN`). */
export async function resolveName(network: PodNetwork, hostname: string): Promise<string[]> {
  const known = isIP(hostname) ? [hostname] : readHosts(network).get(hostname.toLowerCase())
  if (known) return known
  if (hostname === 'localhost') return ['127.0.0.1']
  const config = readResolverConfig(network)
  for (const name of candidates(hostname, config)) {
    const answer = await ask(network, config, name)
    // Silence ends the search, as in libc; a name that does not exist goes on with the next one.
    if (!answer || answer.code === 'SERVFAIL') throw lookupError('EAI_AGAIN', hostname)
    if (answer.addresses.length > 0) return answer.addresses
  }
  throw lookupError('ENOTFOUND', hostname)
}

/** The names to try, in order: a name with enough dots is tried as it is first. */
export function candidates(
  hostname: string,
  { searches, ndots }: Pick<ResolverConfig, 'searches' | 'ndots'>,
): string[] {
  if (hostname.endsWith('.')) return [hostname.slice(0, -1)]
  const searched = searches.map((domain) => `${hostname}.${domain}`)
  const dots = hostname.split('.').length - 1
  return dots >= ndots ? [hostname, ...searched] : [...searched, hostname]
}

function readHosts(network: PodNetwork): Map<string, string[]> {
  const hosts = new Map<string, string[]>()
  for (const line of readEtc(network, 'hosts').split('\n')) {
    const [ip = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (isIP(ip) !== 4) continue
    for (const name of names) hosts.set(name.toLowerCase(), [...(hosts.get(name.toLowerCase()) ?? []), ip])
  }
  return hosts
}

/** Reads resolv.conf; without one the cluster's DNS is asked for full names. */
function readResolverConfig(network: PodNetwork): ResolverConfig {
  const config: ResolverConfig = { servers: [], searches: [], ndots: 1, timeoutMs: 5000, attempts: 2 }
  const text = network.etc === undefined ? `nameserver ${network.ranges.dnsIp}` : readEtc(network, 'resolv.conf')
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/)
    if (keyword === 'nameserver') config.servers.push(...values.slice(0, 1))
    if (keyword === 'search') config.searches = values
    if (keyword !== 'options') continue
    for (const option of values) {
      const [name, value] = option.split(':')
      if (name === 'ndots') config.ndots = Number(value)
      if (name === 'timeout') config.timeoutMs = Number(value) * 1000
      if (name === 'attempts') config.attempts = Number(value)
    }
  }
  // Without any server libc asks the node's own resolver.
  if (config.servers.length === 0) config.servers.push(...network.ranges.nodeIps.slice(0, 1))
  return config
}

function readEtc(network: PodNetwork, name: string): string {
  if (network.etc === undefined) return ''
  try {
    return readFileSync(join(network.etc, name), 'utf8')
  } catch {
    return ''
  }
}

/** Asks each server in turn; undefined when none of them answered in time. */
async function ask(network: PodNetwork, config: ResolverConfig, name: string): Promise<Answer | undefined> {
  for (let attempt = 0; attempt < config.attempts; attempt += 1) {
    for (const server of config.servers) {
      const answer = await askServer(network, server, name, config.timeoutMs)
      if (answer) return answer
    }
  }
  return undefined
}

function askServer(network: PodNetwork, server: string, name: string, timeoutMs: number): Promise<Answer | undefined> {
  const id = Math.floor(Math.random() * 65_536)
  const isReachable = server === network.ranges.dnsIp || network.ranges.nodeIps.includes(server)
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    let isDone = false
    const finish = (answer: Answer | undefined) => {
      if (isDone) return
      isDone = true
      clearTimeout(timer)
      socket.close()
      resolve(answer)
    }
    const timer = setTimeout(finish, timeoutMs, undefined)
    // The port is closed: nobody serves DNS there now.
    socket.on('error', () => finish(undefined))
    socket.on('message', (message) => {
      const response = decodeResponse(message)
      if (response?.id !== id) return
      const addresses = response.answers.flatMap((record) => (record.type === 'A' ? [record.address] : []))
      finish({ code: response.code, addresses })
    })
    // Elsewhere no packet of a pod arrives: wait as libc does.
    if (!isReachable) return
    socket.bind({ address: network.address }, () => {
      socket.connect(53, server, () => socket.send(encodeQuery(id, { name, type: typeNumbers.A })))
    })
  })
}

function lookupError(code: 'ENOTFOUND' | 'EAI_AGAIN', hostname: string): Error {
  const errno = code === 'ENOTFOUND' ? -3008 : -3001
  return Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { errno, code, syscall: 'getaddrinfo', hostname })
}

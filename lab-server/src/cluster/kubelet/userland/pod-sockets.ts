// The sockets of one pod, read from the kernel's table of the network that it shares with others: those at its address
// and at its loopback, with the names that they have inside.
import { readFileSync } from 'node:fs'
import type { UserlandContainer } from './protocol.ts'

/** One socket as netstat shows it. */
export interface PodSocket {
  protocol: 'tcp' | 'udp'
  local: SocketAddress
  remote: SocketAddress
  state: string
  receiveQueue: number
  sendQueue: number
}

export interface SocketAddress {
  ip: string
  port: number
}

const states: Record<string, string> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '03': 'SYN_RECV',
  '04': 'FIN_WAIT1',
  '05': 'FIN_WAIT2',
  '06': 'TIME_WAIT',
  '07': 'CLOSE',
  '08': 'CLOSE_WAIT',
  '09': 'LAST_ACK',
  '0A': 'LISTEN',
  '0B': 'CLOSING',
}

/** Reads the pod's sockets; none where the system has no such table. */
export function readPodSockets(container: UserlandContainer): PodSocket[] {
  return withoutTwins(
    (['tcp', 'udp'] as const).flatMap((protocol) => podSockets(protocol, readTable(protocol), container)),
  )
}

function readTable(protocol: string): string {
  try {
    return readFileSync(`/proc/net/${protocol}`, 'utf8')
  } catch {
    return ''
  }
}

/** The lines of a kernel's table that are this pod's. */
export function podSockets(
  protocol: PodSocket['protocol'],
  table: string,
  { podIp, networkEnv }: Pick<UserlandContainer, 'podIp' | 'networkEnv'>,
): PodSocket[] {
  const loopback = networkEnv.PODNET_LOOPBACK
  const inside = portsInside(networkEnv.PODNET_PORTS)
  const named = ({ ip, port }: SocketAddress): SocketAddress => {
    return { ip: ip === loopback ? '127.0.0.1' : ip, port: inside(port) }
  }
  return table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state = '', queues = ''] = line.trim().split(/\s+/)
    const [from, to] = [parseAddress(local), parseAddress(remote)]
    if (!from || !to || (from.ip !== podIp && from.ip !== loopback)) return []
    const [sendQueue = 0, receiveQueue = 0] = queues.split(':').map((part) => Number.parseInt(part, 16))
    // A datagram socket without a partner has no state worth a word.
    const word = protocol === 'udp' && state === '07' ? '' : (states[state] ?? '')
    return [{ protocol, local: named(from), remote: named(to), state: word, sendQueue, receiveQueue }]
  })
}

/** Hexadecimal bytes in the machine's order. */
function parseAddress(text: string): SocketAddress | undefined {
  const match = /^(..)(..)(..)(..):([0-9A-F]{4})$/.exec(text)
  if (!match) return undefined
  const [port = 0, ...bytes] = match
    .slice(1)
    .map((part) => Number.parseInt(part, 16))
    .reverse()
  return { ip: bytes.join('.'), port }
}

/** Undoes what `hostPortOf` did to a port. */
function portsInside(rules: string | undefined): (port: number) => number {
  const { firstFree = 0, moved = {} }: { firstFree?: number; moved?: Record<string, number> } = JSON.parse(
    rules ?? '{}',
  )
  const back = new Map(Object.entries(moved).map(([port, at]) => [at, Number(port)]))
  const lowBase = 61_000
  return (port) => back.get(port) ?? (port > lowBase && port < lowBase + firstFree ? port - lowBase : port)
}

/** A server that listens at the pod's address and at its loopback listens everywhere, as the pod sees it. */
export function withoutTwins(sockets: PodSocket[]): PodSocket[] {
  const keyOf = ({ protocol, local, remote }: PodSocket) => `${protocol} ${local.port} ${remote.port}`
  const isLoopback = ({ local }: PodSocket) => local.ip === '127.0.0.1'
  const servers = sockets.filter(({ remote }) => remote.port === 0)
  const onLoopback = new Set(servers.filter(isLoopback).map(keyOf))
  const onAddress = new Set(servers.filter((one) => !isLoopback(one)).map(keyOf))
  return sockets.flatMap((one) => {
    const key = keyOf(one)
    if (one.remote.port !== 0 || !onLoopback.has(key) || !onAddress.has(key)) return [one]
    return isLoopback(one) ? [] : [{ ...one, local: { ...one.local, ip: '0.0.0.0' } }]
  })
}

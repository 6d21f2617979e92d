// The portable level: loopback addresses of this machine, no rights needed.
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import type { HostEndpoint } from '../network.ts'
import { readMachinePorts, recentMachinePorts } from '../routing/machine-ports.ts'
import type { Ranges } from '../routing/route-table.ts'
import { hostPortOf, planPorts } from './host-port.ts'
import { claimLoopbackRange } from './loopback-ranges.ts'
import type { Opened, Underlay } from './underlay.ts'

/** Claims a loopback range for each node, the first of them `preferred` if it is free. */
export async function makePortableUnderlay(nodeCount: number, preferred?: number): Promise<Underlay> {
  const first = await claimLoopbackRange(preferred)
  const claimed = [first]
  while (claimed.length < nodeCount) claimed.push(await claimLoopbackRange((first.index + claimed.length) % 256))
  const ranges: Ranges = {
    pods: claimed.map(({ index }) => `127.42.${index}.`),
    services: `127.43.${first.index}.`,
    nodeIps: claimed.map(({ index }) => `127.42.${index}.1`),
    dnsIp: `127.43.${first.index}.10`,
  }
  const nodes = claimed.map(({ index }) => ({ ip: `127.42.${index}.1`, podCidr: `127.42.${index}.0/24` }))
  const ports = planPorts(readFirstFreePort(), readMachinePorts())
  const ingressIp = `127.42.${first.index}.254`
  return {
    level: 'portable',
    index: first.index,
    ranges,
    nodes,
    hostCidrs: nodes.map(({ podCidr }) => podCidr),
    serviceCidr: `127.43.${first.index}.0/24`,
    ingressIp,
    ingressFronts: [],
    ingressOnMachine: { host: ingressIp, http: hostPortOf(80, ports), https: hostPortOf(443, ports) },
    ports,
    enter: [],
    loopbackOf: (podIp) => podIp.replace(/^127\.42\./, '127.44.'),
    machinePorts: recentMachinePorts,
    accept,
    bindDatagrams: ({ host, port }) =>
      new Promise((resolve, reject) => {
        const socket = createSocket('udp4')
        socket.once('error', reject)
        socket.bind({ address: host, port }, () => resolve(socket.off('error', reject)))
      }),
    connect: (to, { localAddress, timeoutMs }) => connectTo({ ...to, localAddress }, timeoutMs),
    async stop() {
      await Promise.all(claimed.map((range) => range.release()))
    },
  }
}

/** Container processes are unprivileged, whatever the server may do. */
function readFirstFreePort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
  } catch {
    return process.platform === 'darwin' ? 0 : 1024
  }
}

function accept(onConnection: (socket: Socket) => void, { host, port }: HostEndpoint): Promise<Opened> {
  const server = createServer(onConnection)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve({ close: () => new Promise((done) => server.close(() => done())) })
    })
  })
}

function connectTo(
  to: HostEndpoint & { localAddress?: string | undefined },
  timeoutMs: number | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...to, localAddress: to.localAddress })
    const settle = (error?: Error) => {
      clearTimeout(timer)
      socket.off('error', settle)
      if (!error) return resolve(socket)
      socket.destroy()
      reject(error)
    }
    const late = () => settle(Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT', syscall: 'connect' }))
    // Wall time: it bounds a real connection.
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs)
    socket.once('error', settle)
    socket.once('connect', () => settle())
  })
}

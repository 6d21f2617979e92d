// Makes service addresses answer to programs of this machine that are not pods: a student's curl, port-forward. Pods
// find endpoints by the route table themselves.
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { ClusterView } from './cluster-view.ts'
import { isAllowed } from './policy/verdict.ts'
import { type Endpoint, isHostOf, type Ranges, type ServiceRoute } from './routing/route-table.ts'

export interface ServiceProxyOptions {
  view: ClusterView
  ranges: Ranges
  hostPort(port: number): number
  pick(key: string, route: ServiceRoute, clientIp: string): Endpoint | undefined
  /** Whether a connection to a pod would end at a server of the machine. */
  isRefused(ip: string, port: number): boolean
}

export interface ServiceProxy {
  /** Opens and closes listeners so that they match the services; resolves when they do. */
  sync(): Promise<void>
  stop(): Promise<void>
}

interface Listener {
  server: Server
  sockets: Set<Socket>
}

/** Makes a proxy that listens nowhere yet. */
export function makeServiceProxy({ view, ranges, hostPort, pick, isRefused }: ServiceProxyOptions): ServiceProxy {
  const listeners = new Map<string, Listener>()
  let turn: Promise<void> = Promise.resolve()

  const wantedKeys = () => {
    const { services, nodePorts } = view.table()
    const tcp = (routes: Record<string, ServiceRoute>) =>
      Object.entries(routes).filter(([key, { endpoints }]) => key.endsWith('/TCP') && endpoints.length > 0)
    const onNodes = tcp(nodePorts).flatMap(([key]) => ranges.nodeIps.map((ip) => `${ip}:${key}`))
    return [...tcp(services).map(([key]) => key), ...onNodes].filter((key) => key !== `${ranges.dnsIp}:53/TCP`)
  }
  const routeOf = (key: string) => {
    const { services, nodePorts } = view.table()
    const [ip = '', port = ''] = key.split(':')
    return ranges.nodeIps.includes(ip) ? nodePorts[port] : services[key]
  }

  const forward = (key: string, client: Socket, sockets: Set<Socket>) => {
    const route = routeOf(key)
    const [nodeIp = ''] = ranges.nodeIps
    const clientIp = client.remoteAddress ?? nodeIp
    const endpoint = route && pick(key, route, clientIp)
    if (!endpoint) return client.resetAndDestroy()
    const isPod = isHostOf(ranges, endpoint.ip)
    // Whoever is no pod reaches the cluster through a node.
    const sourceIp = isHostOf(ranges, clientIp) ? clientIp : nodeIp
    const flow = { sourceIp, destinationIp: endpoint.ip, port: endpoint.port, protocol: 'TCP' as const }
    if (!ranges.nodeIps.includes(sourceIp) && !isAllowed(view.table().policies, flow)) return client
    const port = isPod ? hostPort(endpoint.port) : endpoint.port
    if (isRefused(endpoint.ip, port)) return client.resetAndDestroy()
    const upstream = connect({ host: endpoint.ip, port, localAddress: isPod ? sourceIp : undefined })
    sockets.add(upstream)
    upstream.on('close', () => sockets.delete(upstream))
    join(client, upstream)
    return client
  }

  const open = async (key: string) => {
    const [, ip, port] = /^([\d.]+):(\d+)\//.exec(key) ?? []
    const sockets = new Set<Socket>()
    const server = createServer({ noDelay: true }, (client) => {
      sockets.add(client)
      client.on('close', () => sockets.delete(client))
      client.on('error', () => client.destroy())
      forward(key, client, sockets)
    })
    const isOpen = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)) // Someone of this machine holds the port; pods are unharmed.
      server.listen({ host: ip, port: hostPort(Number(port)) }, () => resolve(true))
    })
    if (isOpen) listeners.set(key, { server, sockets })
  }
  const close = async (key: string, { server, sockets }: Listener) => {
    listeners.delete(key)
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  const change = async (wanted: string[]) => {
    const unwanted = [...listeners].filter(([key]) => !wanted.includes(key))
    await Promise.all(unwanted.map(([key, listener]) => close(key, listener)))
    await Promise.all(wanted.filter((key) => !listeners.has(key)).map(open))
  }

  return {
    sync() {
      turn = turn.then(() => change(wantedKeys()))
      return turn
    },
    stop() {
      turn = turn.then(() => change([]))
      return turn
    },
  }
}

/** Pipes both ways; a refusal behind the proxy becomes a reset in front of it. */
function join(client: Socket, upstream: Socket): void {
  client.pipe(upstream).pipe(client)
  upstream.on('error', () => client.resetAndDestroy())
  client.on('close', () => upstream.destroy())
}

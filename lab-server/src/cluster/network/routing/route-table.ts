// Where a connection to a cluster address ends, as plain data. The same table serves the proxy, the node and, through
// a file, every pod's process, so this module is free of imports outside its folder tree and never waits.
import type { PolicyTable } from '../policy/verdict.ts'

export interface Endpoint {
  ip: string
  port: number
}

/** One port of a Service: the ready endpoints behind it. */
export interface ServiceRoute {
  endpoints: Endpoint[]
  /** How long a client keeps its endpoint, for `sessionAffinity: ClientIP`. */
  affinitySeconds?: number
}

export interface RouteTable {
  /** By `ip:port/PROTOCOL`. */
  services: Record<string, ServiceRoute>
  /** By `port/PROTOCOL`, on the node's address. */
  nodePorts: Record<string, ServiceRoute>
  policies: PolicyTable
  /** Ports on which the machine itself answers at every address; see machine-ports.ts. */
  machinePorts: number[]
}

export type Protocol = 'TCP' | 'UDP'

/** A table without services and policies. */
export const emptyTable: RouteTable = {
  services: {},
  nodePorts: {},
  policies: { ingress: {}, egress: {} },
  machinePorts: [],
}

/** The addresses of one cluster. */
export interface Ranges {
  /** Beginnings of pods' addresses, e.g. `10.42.`; several where each node has a range of its own. */
  pods: string[]
  /** Beginning of the services' addresses, e.g. `10.43.`. */
  services: string
  nodeIps: string[]
  dnsIp: string
}

/** Whether an address is one of the cluster's pods or nodes: somebody of the cluster may listen there. */
export function isHostOf({ pods, nodeIps }: Ranges, ip: string): boolean {
  return nodeIps.includes(ip) || pods.some((start) => ip.startsWith(start))
}

export type Destination =
  /** Connect there; a `pod` port may be moved on this machine, a `host` port is as it is. */
  | { kind: 'pod' | 'host'; ip: string; port: number }
  /** Nothing is behind the address: refused at once, as kube-proxy's reject rule does. */
  | { kind: 'refused' }
  /** Outside of the cluster, where no packet of a pod arrives. */
  | { kind: 'unreachable' }

/** Decides where a connection from the cluster to `ip:port` ends; `pick` chooses among endpoints. */
export function planRoute(
  table: RouteTable,
  ranges: Ranges,
  { ip, port, protocol }: { ip: string; port: number; protocol: Protocol },
  pick: (key: string, route: ServiceRoute) => Endpoint | undefined,
): Destination {
  // The cluster's DNS listens on its service address itself, so that it works before any Service exists.
  if (ip === ranges.dnsIp && port === 53) return { kind: 'pod', ip, port }
  const key = `${ip}:${port}/${protocol}`
  const service = table.services[key]
  if (service) return toDestination(pick(key, service), ranges)
  if (ip.startsWith(ranges.services)) return { kind: 'refused' }
  const nodePort = ranges.nodeIps.includes(ip) ? table.nodePorts[`${port}/${protocol}`] : undefined
  if (nodePort) return toDestination(pick(key, nodePort), ranges)
  return isHostOf(ranges, ip) ? { kind: 'pod', ip, port } : { kind: 'unreachable' }
}

function toDestination(endpoint: Endpoint | undefined, ranges: Ranges): Destination {
  if (!endpoint) return { kind: 'refused' }
  // An endpoint outside the cluster is a server of this machine that the cluster's administrator named: its API.
  return { kind: isHostOf(ranges, endpoint.ip) ? 'pod' : 'host', ...endpoint }
}

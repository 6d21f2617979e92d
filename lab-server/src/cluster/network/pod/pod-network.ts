// What a process of a pod knows of its network: handed over in variables, and a file with the routes that the
// cluster rewrites when they change.
import { readFileSync, statSync } from 'node:fs'
import { type Flow, isAllowed } from '../policy/verdict.ts'
import { hasListener } from '../routing/machine-ports.ts'
import { makePicker } from '../routing/pick-endpoint.ts'
import { emptyTable, type Protocol, planRoute, type Ranges, type RouteTable } from '../routing/route-table.ts'
import { hostPortOf, type PortRules } from '../underlay/host-port.ts'

/** Where a connection really goes. */
export type Target =
  | { kind: 'connect'; host: string; port: number }
  | { kind: 'refused' }
  /** A packet that is dropped on its way: nothing comes back. */
  | { kind: 'dropped' }

export interface PodNetwork {
  readonly address: string
  readonly loopback: string
  /** Folder with the pod's `hosts` and `resolv.conf`. */
  readonly etc: string | undefined
  readonly ranges: Ranges
  hostPort(port: number): number
  route(ip: string, port: number, protocol: Protocol): Target
}

/** Reads the pod's network from the variables that the cluster set; undefined outside of a pod. */
export function readPodNetwork(env: Record<string, string | undefined>): PodNetwork | undefined {
  const { PODNET_ADDRESS: address, PODNET_LOOPBACK: loopback = '127.0.0.1', PODNET_ROUTES: file = '' } = env
  if (!address) return undefined
  const ranges: Ranges = JSON.parse(env.PODNET_RANGES ?? '')
  const ports: PortRules = JSON.parse(env.PODNET_PORTS ?? '')
  const readTable = makeTableReader(file)
  const pick = makePicker(() => Date.now())
  const hostPort = (port: number) => hostPortOf(port, ports)

  return {
    address,
    loopback,
    etc: env.PODNET_ETC,
    ranges,
    hostPort,
    route(ip, port, protocol) {
      if (isOwnLoopback(ip, loopback, ranges)) return { kind: 'connect', host: loopback, port: hostPort(port) }
      const table = readTable()
      const destination = planRoute(table, ranges, { ip, port, protocol }, (key, route) => pick(key, route, address))
      if (destination.kind === 'refused') return { kind: 'refused' }
      if (destination.kind === 'unreachable') return { kind: 'dropped' }
      const flow: Flow = { sourceIp: address, destinationIp: destination.ip, port: destination.port, protocol }
      if (!isAllowed(table.policies, flow)) return { kind: 'dropped' }
      if (destination.kind === 'host') return { kind: 'connect', host: destination.ip, port: destination.port }
      const target: Target = { kind: 'connect', host: destination.ip, port: hostPort(destination.port) }
      const isMachines = protocol === 'TCP' && table.machinePorts.includes(target.port)
      return isMachines && !hasListener(target.host, target.port) ? { kind: 'refused' } : target
    },
  }
}

/** 127.0.0.1 and its kin, but for addresses that stand for pods and services of this or of another cluster. */
function isOwnLoopback(ip: string, loopback: string, { services }: Ranges): boolean {
  if ([loopback, '::1', '::', '0.0.0.0'].includes(ip)) return true
  return ip.startsWith('127.') && !(services.startsWith('127.') && /^127\.4[234]\./.test(ip))
}

/** Reads the file again when it changed: a check costs microseconds, a connection far more. */
function makeTableReader(file: string): () => RouteTable {
  let stamp = -1
  let table = emptyTable
  return () => {
    try {
      const { mtimeMs, ino } = statSync(file)
      if (mtimeMs + ino !== stamp) {
        table = JSON.parse(readFileSync(file, 'utf8'))
        stamp = mtimeMs + ino
      }
    } catch {
      // The cluster ended, or has not written yet: what was known stays.
    }
    return table
  }
}

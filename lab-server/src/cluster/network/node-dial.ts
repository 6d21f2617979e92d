// Connections of a node: of probes, of the API server, of port-forwards.
import type { Socket } from 'node:net'
import type { ClusterView } from './cluster-view.ts'
import type { HostEndpoint, Network } from './network.ts'
import type { makePicker } from './routing/pick-endpoint.ts'
import { isHostOf, planRoute } from './routing/route-table.ts'
import type { Underlay } from './underlay/underlay.ts'

export interface NodeDialOptions {
  view: ClusterView
  underlay: Underlay
  nodeIp: string
  hostPort(port: number): number
  /** Whether a connection to a pod would end at a server of the machine. */
  isRefused(ip: string, port: number): boolean
  pick: ReturnType<typeof makePicker>
}

/** Makes the ways to connect that a node has; errors name the address that was asked for, not the one behind it. */
export function makeNodeDial(options: NodeDialOptions): Required<Pick<Network, 'dial' | 'dialInside'>> {
  const { view, underlay, nodeIp, hostPort, isRefused, pick } = options
  const { ranges } = underlay

  const targetOf = (ip: string, port: number): HostEndpoint => {
    const route = planRoute(view.table(), ranges, { ip, port, protocol: 'TCP' }, (key, one) => pick(key, one, nodeIp))
    if (route.kind === 'host') return { host: route.ip, port: route.port }
    if (route.kind === 'pod') return { host: route.ip, port: hostPort(route.port) }
    return { host: ip, port: hostPort(port) }
  }
  const connect = async (ip: string, port: number, target: HostEndpoint, timeoutMs?: number): Promise<Socket> => {
    const fail = (code: string) =>
      Object.assign(new Error(`connect ${code} ${ip}:${port}`), { code, syscall: 'connect', address: ip, port })
    if (isRefused(target.host, target.port)) throw fail('ECONNREFUSED')
    const localAddress = isHostOf(ranges, target.host) ? nodeIp : undefined
    return underlay.connect(target, { localAddress, timeoutMs }).catch((error: NodeJS.ErrnoException) => {
      throw error.code ? fail(error.code) : error
    })
  }

  return {
    dial: (ip, port, timeoutMs) => connect(ip, port, targetOf(ip, port), timeoutMs),
    async dialInside(podIp, port) {
      const loopback = { host: underlay.loopbackOf(podIp), port: hostPort(port) }
      return connect(podIp, port, loopback).catch(() => connect(podIp, port, { host: podIp, port: hostPort(port) }))
    },
  }
}

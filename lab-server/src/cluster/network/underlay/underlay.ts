// What a cluster's network stands on: addresses that exist, and sockets at them. The levels differ in this alone.
import type { Socket as DatagramSocket } from 'node:dgram'
import type { Socket } from 'node:net'
import type { HostEndpoint } from '../network.ts'
import type { Ranges } from '../routing/route-table.ts'
import type { PortRules } from './host-port.ts'

/** One node's place in the network. */
export interface NodeAddresses {
  /** Its InternalIP. */
  ip: string
  /** Where its pods live, e.g. `10.42.0.0/24`. */
  podCidr: string
}

/** From where to connect, and how long to try. */
export interface Connecting {
  localAddress?: string | undefined
  timeoutMs?: number | undefined
}

/** Something that was opened; `close` resolves when nobody can connect any more. */
export interface Opened {
  close(): Promise<void>
}

export interface Underlay {
  readonly level: 'portable' | 'isolated'
  /** Tells this network's addresses from those of others on this machine, where they differ. */
  readonly index: number
  readonly ranges: Ranges
  readonly nodes: NodeAddresses[]
  /** Where pods and nodes live. */
  readonly hostCidrs: string[]
  readonly serviceCidr: string
  /** Whom requests through the ingress controller come from. */
  readonly ingressIp: string
  /** Addresses of the cluster at which the ingress controller answers its pods. */
  readonly ingressFronts: string[]
  /** Where the ingress controller answers this machine; a missing port is any. */
  readonly ingressOnMachine: { host: string; http?: number; https?: number }
  readonly ports: PortRules
  /** Where pods reach the API server, when they cannot where it listens. */
  readonly apiServer?: HostEndpoint
  /** In front of a command line, puts the process into the cluster's network. */
  readonly enter: string[]
  /** What a pod reaches as 127.0.0.1. */
  loopbackOf(podIp: string): string
  /** Ports on which the machine itself answers at every address of the cluster. */
  machinePorts(): number[]
  /** Takes the connections to an address of the cluster. */
  accept(onConnection: (socket: Socket) => void, at: HostEndpoint): Promise<Opened>
  bindDatagrams(at: HostEndpoint): Promise<DatagramSocket>
  /** Opens a connection inside the cluster's network; rejects with an error that carries Node's `code`. */
  connect(to: HostEndpoint, how: Connecting): Promise<Socket>
  stop(): Promise<void>
}

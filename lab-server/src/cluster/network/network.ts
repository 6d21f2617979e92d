// The cluster's network as the other parts see it. Two levels: portable (loopback addresses) and
// isolated (network namespaces). Only this folder knows which one it is.
import type { Socket } from 'node:net'
import type { Way } from './routing/trace-way.ts'

/** Where a cluster address really listens on this machine. */
export interface HostEndpoint {
  host: string
  port: number
}

/** The network as one node has it. */
export interface Network {
  readonly level: 'portable' | 'isolated'
  /** Where the node's pods live, e.g. `10.42.0.0/24`. */
  readonly podCidr: string
  /** Where pods and nodes of the whole cluster live. */
  readonly hostCidrs: string[]
  readonly serviceCidr: string
  /** Address of the node, and where probes come from. */
  readonly nodeIp: string
  /** Address of the cluster's DNS Service, always the tenth of the service range. */
  readonly dnsIp: string
  /** In front of a command line, puts the process into the cluster's network. */
  readonly enter: string[]
  /** Takes a free pod address; throws when the range is exhausted. */
  claimPodIp(podUid: string): string
  releasePodIp(podUid: string): void
  /** Host port behind `port` of a pod address (low ports may be moved where the machine forbids them). */
  hostPort(port: number): number
  /** Opens a TCP connection as the node does; errors carry Node's `code`. */
  dial(ip: string, port: number, timeoutMs?: number): Promise<Socket>
  /** Connects to a port of a pod as from inside it, its loopback first: what `kubectl port-forward` reaches. */
  dialInside?(podIp: string, port: number): Promise<Socket>
  /**
   * Environment that makes a Node process use the pod's address, DNS and port map, through NODE_OPTIONS. Add
   * `PODNET_ETC`, the host folder with the pod's `hosts` and `resolv.conf`. A process that learns its pod only later
   * sets the same variables in `process.env` and imports the module that `PODNET_PRELOAD` names.
   */
  processEnv(podIp: string, etcDir: string): Record<string, string>
  /** Resolves as the cluster's DNS does; empty when there is no such name. */
  resolve(name: string): string[]
  /** Says which way packets take from a pod to an address, and whether that answers a ping. */
  trace(podIp: string, to: string): Way
}

/** What whoever runs containers needs of it. */
export type RuntimeNetwork = Pick<Network, 'enter' | 'hostPort' | 'processEnv' | 'resolve' | 'trace'>

// Connections from the API server into the cluster, and nowhere else: what users write into Endpoints must not reach this machine.
import { BlockList, isIPv4, type Socket } from 'node:net'
import { badRequest } from './errors.ts'
import type { ServiceAddresses } from './registry-core.ts'

/** Opens a connection to an address of the cluster; errors carry Node's `code`. */
export type Dial = (address: string, port: number, timeoutMs?: number) => Promise<Socket>

/** The way to the pods and nodes of a network, closed for every other address; undefined without a network. */
export function makeClusterDial(network: ServiceAddresses): Dial | undefined {
  const { dial, hostCidrs } = network
  if (dial === undefined || hostCidrs === undefined) return undefined
  const hosts = new BlockList()
  for (const cidr of hostCidrs) {
    const [start = '', prefix] = cidr.split('/')
    hosts.addSubnet(start, Number(prefix), 'ipv4')
  }
  return async (address, port, timeoutMs) => {
    if (!isIPv4(address) || !hosts.check(address, 'ipv4')) throw badRequest('address not allowed')
    return dial(address, port, timeoutMs)
  }
}

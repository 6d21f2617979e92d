// The isolated level: a network namespace for each cluster, with addresses that every cluster has alike. Nothing leads
// out of it, and nothing in but the sockets that the network agent makes.
import type { Ranges } from '../routing/route-table.ts'
import type { NodeAddresses, Underlay } from '../underlay/underlay.ts'
import type { Namespace, NetworkAgent } from './network-agent.ts'

const podRange = '10.42.0.0/16'
const serviceCidr = '10.43.0.0/16'
const nodeRange = '10.99.0.0/24'
/** Where API servers listen on real nodes. */
const apiServerPort = 6443

/** Makes the namespace of a cluster with so many nodes. */
export async function makeIsolatedUnderlay(agent: NetworkAgent, nodeCount: number): Promise<Underlay> {
  const namespace: Namespace = await agent.createNamespace([podRange, serviceCidr, nodeRange])
  const nodes = Array.from({ length: nodeCount }, (_, index): NodeAddresses => {
    return { ip: `10.99.0.${11 + index}`, podCidr: `10.42.${index}.0/24` }
  })
  const ranges: Ranges = {
    pods: ['10.42.'],
    services: '10.43.',
    nodeIps: nodes.map(({ ip }) => ip),
    dnsIp: '10.43.0.10',
  }
  return {
    level: 'isolated',
    index: 0,
    ranges,
    nodes,
    hostCidrs: [podRange, nodeRange],
    serviceCidr,
    ingressIp: '10.42.0.254',
    ingressFronts: ranges.nodeIps,
    ingressOnMachine: { host: '127.0.0.1' },
    ports: { firstFree: 0, moved: {} },
    apiServer: { host: nodes[0]?.ip ?? '', port: apiServerPort },
    enter: namespace.enter,
    // Also of pods in the node's network, whose address is the node's.
    loopbackOf: (podIp) => podIp.replace(/^10\.42\./, '127.44.').replace(/^10\.99\./, '127.45.'),
    machinePorts: () => [],
    async accept(onConnection, at) {
      const server = (await namespace.listen(at)).on('connection', onConnection)
      return { close: () => new Promise((resolve) => server.close(() => resolve())) }
    },
    bindDatagrams: (at) => namespace.bindDatagrams(at),
    connect: (to, how) => namespace.connect(to, how),
    stop: () => namespace.remove(),
  }
}

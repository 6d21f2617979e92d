// A network for tests: every pod is an address of the loopback, names come from a table.
import { connect } from 'node:net'
import type { Network } from '../../network/network.ts'

/** Makes a network that knows `names` and moves low ports up. */
export function makeFakeNetwork(names: Record<string, string[]> = {}): Network {
  const hostPort = (port: number) => (port < 1024 ? port + 20_000 : port)
  return {
    level: 'portable',
    podCidr: '127.42.7.0/24',
    hostCidrs: ['127.42.7.0/24'],
    serviceCidr: '127.43.7.0/24',
    nodeIp: '127.42.7.1',
    dnsIp: '127.43.7.10',
    enter: [],
    claimPodIp: () => '127.42.7.2',
    releasePodIp() {},
    hostPort,
    dial: (host, port) =>
      new Promise((resolve, reject) => {
        const socket = connect({ host, port: hostPort(port) })
        socket.once('connect', () => resolve(socket))
        socket.once('error', reject)
      }),
    processEnv: () => ({}),
    resolve: (name) => names[name] ?? [],
    trace: (from, to) => ({ hops: [], answers: to === from || to === '127.42.7.1' || to === '127.42.7.3' }),
  }
}

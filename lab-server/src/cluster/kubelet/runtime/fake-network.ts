// A network for tests: every pod is an address of the loopback, names come from a table.
import { connect } from 'node:net'
import type { Network } from '../../network/network.ts'

/** Makes a network that knows `names` and moves low ports up. */
export function makeFakeNetwork(names: Record<string, string[]> = {}): Network {
  const hostPort = (port: number) => (port < 1024 ? port + 20_000 : port)
  return {
    level: 'portable',
    podCidr: '127.42.7.0/24',
    serviceCidr: '127.43.7.0/24',
    nodeIp: '127.42.7.1',
    dnsIp: '127.43.7.10',
    ingress: { host: '127.42.7.1', port: 80 },
    claimPodIp: () => '127.42.7.2',
    releasePodIp() {},
    claimServiceIp: (wanted) => wanted ?? '127.43.7.20',
    releaseServiceIp() {},
    hostPort,
    toHost: (ip, port) => ({ host: ip, port: hostPort(port) }),
    dial: (host, port) =>
      new Promise((resolve, reject) => {
        const socket = connect({ host, port: hostPort(port) })
        socket.once('connect', () => resolve(socket))
        socket.once('error', reject)
      }),
    processEnv: () => ({}),
    resolve: (name) => names[name] ?? [],
    follow() {},
    settled: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  } as Network
}

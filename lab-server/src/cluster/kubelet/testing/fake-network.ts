import { connect, type Socket } from 'node:net'
import type { Network } from '../../network/network.ts'

/** A network that hands out 10.42.0.x and dials ports of this machine by the number of `listeners`. */
export interface FakeNetwork extends Network {
  /** Port of this machine behind a port of every pod; others refuse. */
  listeners: Map<number, number>
  claimed: Map<string, string>
}

/** Makes one. */
export function makeFakeNetwork(): FakeNetwork {
  const claimed = new Map<string, string>()
  const listeners = new Map<number, number>()
  let last = 1
  return {
    level: 'portable',
    podCidr: '10.42.0.0/24',
    hostCidrs: ['10.42.0.0/16', '10.99.0.0/24'],
    serviceCidr: '10.43.0.0/16',
    nodeIp: '10.99.0.1',
    dnsIp: '10.43.0.10',
    enter: [],
    listeners,
    claimed,
    claimPodIp(podUid) {
      const ip = claimed.get(podUid) ?? `10.42.0.${++last}`
      claimed.set(podUid, ip)
      return ip
    },
    releasePodIp: (podUid) => void claimed.delete(podUid),
    hostPort: (port) => port,
    dial(_ip, port): Promise<Socket> {
      const behind = listeners.get(port)
      if (behind === undefined) {
        return Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
      }
      return new Promise((resolve, reject) => {
        const socket = connect(behind, '127.0.0.1', () => resolve(socket))
        socket.once('error', reject)
      })
    },
    processEnv: () => ({}),
    resolve: () => [],
    trace: () => ({ hops: [], answers: false }),
  }
}

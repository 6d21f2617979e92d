// The network of the portable level: loopback addresses, real sockets, no rights needed.
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { Client } from '../client.ts'
import type { Clock, Timer } from '../clock.ts'
import { makeAddressPool } from './address-pool.ts'
import { claimClusterAddresses, loopbackOf } from './addresses.ts'
import { makeClusterView } from './cluster-view.ts'
import { makeClusterDns } from './dns/cluster-dns.ts'
import { hostPortOf, planPorts } from './host-port.ts'
import { startIngressController } from './ingress/ingress-controller.ts'
import type { HostEndpoint, Network } from './network.ts'
import { makeNetworkFolder } from './network-folder.ts'
import { hasListener, readMachinePorts } from './routing/machine-ports.ts'
import { makePicker } from './routing/pick-endpoint.ts'
import { planRoute, rangesOf } from './routing/route-table.ts'
import { makeServiceProxy } from './service-proxy.ts'
import { describeSystemPods, ingressLabels, type SystemPods } from './system-pods.ts'

export interface PortableNetworkOptions {
  clock: Clock
  /** Where Services, EndpointSlices, policies and Ingresses come from; may also come later, by `follow`. */
  client?: Client
  /** The range of an earlier run, so that Services keep their addresses. */
  index?: number
}

/** The network, and how to give it the cluster that it did not know when it was made. */
export interface PortableNetwork extends Network {
  /** Tells this cluster's addresses from those of others on this machine. */
  readonly index: number
  /** CoreDNS and the ingress controller as pods; DNS answers only while CoreDNS's are ready, once its Service exists. */
  readonly systemPods: SystemPods
  /** The ingress controller's log, which its pod shows. */
  readonly ingressLogFile: string
  follow(client: Client): void
  /** Resolves when what the objects say now is what the network does. */
  settled(): Promise<void>
}

/** Claims addresses, opens DNS and the ingress controller, and follows the cluster's objects. */
export async function makePortableNetwork({
  clock,
  client,
  index: preferred,
}: PortableNetworkOptions): Promise<PortableNetwork> {
  const addresses = await claimClusterAddresses(preferred)
  const { index, nodeIp, dnsIp, ingressIp, podCidr, serviceCidr } = addresses
  const ranges = rangesOf(nodeIp)
  const ports = planPorts(readFirstFreePort(), readMachinePorts())
  const hostPort = (port: number) => hostPortOf(port, ports)
  const folder = makeNetworkFolder(index)

  const view = makeClusterView({
    podRange: ranges.pods,
    extraPods: [
      { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, ip: dnsIp, namedPorts: dnsPorts },
      { namespace: 'ingress-nginx', labels: ingressLabels, ip: ingressIp, namedPorts: [] },
    ],
  })
  const isRefused = (ip: string, port: number) =>
    ip.startsWith(ranges.pods) && view.table().machinePorts.includes(port) && !hasListener(ip, port)
  const pick = makePicker(() => clock.now())
  const proxy = makeServiceProxy({ view, ranges, hostPort, pick, isRefused })
  const dns = makeClusterDns({ view, dnsIp, nodeIp, port: hostPort(53) })
  const ingress = await startIngressController({
    view,
    clock,
    ranges,
    ingressIp,
    hostPort,
    isRefused,
    log: folder.writeIngressLog,
  })
  const podIps = makeAddressPool({ prefix: `127.42.${index}`, first: 2, last: 253, cidr: podCidr })
  const serviceIps = makeAddressPool({
    prefix: `127.43.${index}`,
    first: 16,
    last: 254,
    cidr: serviceCidr,
    reserved: [dnsIp],
  })
  const podIpByUid = new Map<string, string>()

  const sync = async () => {
    folder.writeRoutes(view.table())
    await Promise.all([proxy.sync(), dns.sync()])
  }
  const toHost = (ip: string, port: number): HostEndpoint => {
    const route = planRoute(view.table(), ranges, { ip, port, protocol: 'TCP' }, (key, one) => pick(key, one, nodeIp))
    if (route.kind === 'host') return { host: route.ip, port: route.port }
    if (route.kind === 'pod') return { host: route.ip, port: hostPort(route.port) }
    return { host: ip, port: hostPort(port) }
  }

  view.onChange(() => {
    sync().catch(() => {}) // Each part reports its own failures; the next change tries again.
  })
  let watch: Timer | undefined
  const lookAtMachine = () => {
    view.lookAtMachine()
    watch = clock.after(machineWatchMs, lookAtMachine)
  }
  lookAtMachine()
  if (client) view.follow(client)
  await sync()

  return {
    level: 'portable',
    index,
    ingressLogFile: folder.ingressLogFile,
    systemPods: describeSystemPods({ dnsIp, ingressLogFile: folder.ingressLogFile }),
    podCidr,
    serviceCidr,
    nodeIp,
    dnsIp,
    ingress: ingress.endpoint,
    secureIngress: ingress.secureEndpoint,
    claimPodIp(podUid) {
      const ip = podIpByUid.get(podUid) ?? podIps.claim()
      podIpByUid.set(podUid, ip)
      return ip
    },
    releasePodIp(podUid) {
      const ip = podIpByUid.get(podUid)
      podIpByUid.delete(podUid)
      if (ip) podIps.release(ip)
    },
    claimServiceIp: (wanted) => serviceIps.claim(wanted),
    releaseServiceIp: (ip) => serviceIps.release(ip),
    hostPort,
    toHost,
    dial: (ip, port, timeoutMs) => dialFrom({ ip, port, target: toHost(ip, port), nodeIp, isRefused }, timeoutMs),
    async dialInside(podIp, port) {
      const loopback = { host: loopbackOf(podIp), port: hostPort(port) }
      const ask = (target: HostEndpoint) => dialFrom({ ip: podIp, port, target, nodeIp, isRefused })
      return ask(loopback).catch(() => ask({ host: podIp, port: hostPort(port) }))
    },
    processEnv: (podIp, etcDir) => ({
      NODE_OPTIONS: `--import=${folder.preload}`,
      PODNET_ADDRESS: podIp,
      PODNET_LOOPBACK: loopbackOf(podIp),
      PODNET_ROUTES: folder.routesFile,
      PODNET_PORTS: JSON.stringify(ports),
      PODNET_PRELOAD: folder.preload,
      PODNET_ETC: etcDir,
      PODNET_SOCKETS: folder.socketsFolder,
    }),
    resolve: (name) => dns.resolve(name),
    follow: (late) => view.follow(late),
    async settled() {
      await new Promise((resolve) => setImmediate(resolve))
      await sync()
    },
    async stop() {
      view.stop()
      watch?.cancel()
      await Promise.all([proxy.stop(), dns.stop(), ingress.stop()])
      await addresses.release()
      folder.remove()
    },
  }
}

/** How often to look which ports the machine's own servers hold. */
const machineWatchMs = 5000
const dnsPorts = [
  { name: 'dns', port: 53, protocol: 'UDP' },
  { name: 'dns-tcp', port: 53, protocol: 'TCP' },
]
/** Container processes are unprivileged, whatever the server may do. */
function readFirstFreePort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
  } catch {
    return process.platform === 'darwin' ? 0 : 1024
  }
}

interface Dial {
  ip: string
  port: number
  target: HostEndpoint
  nodeIp: string
  isRefused(ip: string, port: number): boolean
}

/** Connects as the node; errors name the address that was asked for, not the one behind it. */
function dialFrom({ ip, port, target, nodeIp, isRefused }: Dial, timeoutMs?: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (isRefused(target.host, target.port)) {
      reject(
        Object.assign(new Error(`connect ECONNREFUSED ${ip}:${port}`), { code: 'ECONNREFUSED', syscall: 'connect' }),
      )
      return
    }
    const isPod = target.host.startsWith('127.42.')
    const socket = connect({ ...target, ...(isPod ? { localAddress: nodeIp } : {}) })
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      error.message = `connect ${error.code} ${ip}:${port}`
      socket.destroy()
      reject(error)
    }
    const late = () => fail(Object.assign(new Error(), { code: 'ETIMEDOUT', syscall: 'connect' }))
    // Wall time: it bounds a real connection.
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs)
    socket.once('error', fail)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.off('error', fail)
      resolve(socket)
    })
  })
}

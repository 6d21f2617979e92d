// The network of one cluster, whatever it stands on: addresses for pods and Services, DNS, the ingress controller, and
// the node's own connections.
import type { Socket } from 'node:net'
import type { Client } from '../client.ts'
import type { Clock, Timer } from '../clock.ts'
import { makeAddressPool } from './address-pool.ts'
import { makeClusterView } from './cluster-view.ts'
import { makeClusterDns } from './dns/cluster-dns.ts'
import { startIngressController } from './ingress/ingress-controller.ts'
import { parseCidr } from './ipv4.ts'
import type { HostEndpoint, Network } from './network.ts'
import { makeNetworkFolder } from './network-folder.ts'
import { makeNodeDial } from './node-dial.ts'
import { hasListener } from './routing/machine-ports.ts'
import { makePicker } from './routing/pick-endpoint.ts'
import { isHostOf } from './routing/route-table.ts'
import { traceWay } from './routing/trace-way.ts'
import { makeServiceProxy } from './service-proxy.ts'
import { describeSystemPods, ingressLabels, type SystemPods } from './system-pods.ts'
import { hostPortOf } from './underlay/host-port.ts'
import type { Underlay } from './underlay/underlay.ts'

export interface ClusterNetworkOptions {
  clock: Clock
  /** Ended together with the network. */
  underlay: Underlay
  /** Where Services, EndpointSlices, policies and Ingresses come from; may also come later, by `follow`. */
  client?: Client
  /** The ingress controller's ports of an earlier run, for where they are not fixed. */
  ingressPorts?: IngressPorts
}

/** Ports of this machine on which the ingress controller answers. */
export interface IngressPorts {
  http: number
  https: number
}

/** The network, and how to give it the cluster that it did not know when it was made. */
export interface ClusterNetwork extends Omit<Network, 'podCidr' | 'nodeIp' | 'claimPodIp' | 'releasePodIp'> {
  readonly nodes: Network[]
  /** Tells this cluster's addresses from those of others on this machine, where they differ. */
  readonly index: number
  /** Where the ingress controller answers HTTP on this machine. */
  readonly ingress: HostEndpoint
  readonly secureIngress: HostEndpoint
  /** CoreDNS and the ingress controller as pods; DNS answers only while CoreDNS's are ready, once its Service exists. */
  readonly systemPods: SystemPods
  /** The ingress controller's log, which its pod shows. */
  readonly ingressLogFile: string
  /** Where pods reach the API server, when they cannot where it listens; see `serveApi`. */
  readonly apiServer?: HostEndpoint
  /** Takes the given service address, or any free one; throws ApiError-like text upstream uses when taken. */
  claimServiceIp(wanted?: string): string
  releaseServiceIp(ip: string): void
  /** Hands the connections of pods to the API server, where it cannot listen for them itself. */
  serveApi(accept: (socket: Socket) => void): Promise<void>
  follow(client: Client): void
  /** Resolves when what the objects say now is what the network does. */
  settled(): Promise<void>
  stop(): Promise<void>
}

/** How often, in real time, to look which ports the machine's own servers hold. */
const machineWatchMs = 5000
const dnsPorts = [
  { name: 'dns', port: 53, protocol: 'UDP' },
  { name: 'dns-tcp', port: 53, protocol: 'TCP' },
]

/** Opens DNS and the ingress controller, and follows the cluster's objects. */
export async function makeClusterNetwork(options: ClusterNetworkOptions): Promise<ClusterNetwork> {
  const { clock, underlay, client } = options
  const { level, ranges, ingressIp, serviceCidr, ports } = underlay
  const { dnsIp } = ranges
  const hostPort = (port: number) => hostPortOf(port, ports)
  const folder = makeNetworkFolder()

  const view = makeClusterView({
    ranges,
    readMachinePorts: underlay.machinePorts,
    extraPods: [
      { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, ip: dnsIp, namedPorts: dnsPorts },
      { namespace: 'ingress-nginx', labels: ingressLabels, ip: ingressIp, namedPorts: [] },
    ],
  })
  const isRefused = (ip: string, port: number) =>
    view.table().machinePorts.includes(port) && isHostOf(ranges, ip) && !hasListener(ip, port)
  const pick = makePicker(() => clock.now())
  const proxy = makeServiceProxy({ view, ranges, hostPort, pick, isRefused })
  const dns = makeClusterDns({ view, underlay, port: hostPort(53) })
  const ingress = await startIngressController({
    view,
    clock,
    underlay,
    hostPort,
    isRefused,
    ports: options.ingressPorts,
    log: folder.writeIngressLog,
  })
  const serviceIps = makeAddressPool({
    cidr: serviceCidr,
    first: 16,
    last: parseCidr(serviceCidr).size - 2,
    reserved: [dnsIp],
    order: 'random',
  })

  const sync = async () => {
    folder.writeRoutes(view.table())
    await Promise.all([level === 'portable' ? proxy.sync() : undefined, dns.sync()])
  }
  view.onChange(() => {
    sync().catch(() => {}) // Each part reports its own failures; the next change tries again.
  })
  let watch: Timer | undefined
  const lookAtMachine = () => {
    view.lookAtMachine()
    watch = clock.after(machineWatchMs / clock.toWallMs(1), lookAtMachine)
  }
  if (level === 'portable') lookAtMachine()
  if (client) view.follow(client)
  await sync()

  const common = {
    level,
    hostCidrs: underlay.hostCidrs,
    serviceCidr,
    dnsIp,
    enter: underlay.enter,
    hostPort,
    processEnv: (podIp: string, etcDir: string) => ({
      NODE_OPTIONS: `--import=${folder.preload()}`,
      PODNET_ADDRESS: podIp,
      PODNET_LOOPBACK: underlay.loopbackOf(podIp),
      PODNET_RANGES: JSON.stringify(ranges),
      PODNET_ROUTES: folder.routesFile,
      PODNET_PORTS: JSON.stringify(ports),
      PODNET_PRELOAD: folder.preload(),
      PODNET_ETC: etcDir,
      PODNET_SOCKETS: folder.socketsFolder,
    }),
    resolve: (name: string) => dns.resolve(name),
    trace: (from: string, to: string) =>
      traceWay({ from, to, nodes: underlay.nodes, isPod: view.isPodAddress, policies: view.table().policies }),
  }
  const nodes = underlay.nodes.map(({ ip: nodeIp, podCidr }): Network => {
    const dialing = makeNodeDial({ view, underlay, nodeIp, hostPort, isRefused, pick })
    return { ...common, ...claimPodIps(podCidr), ...dialing, nodeIp, podCidr }
  })
  const [first] = nodes
  if (!first) throw new Error('a cluster needs a node')
  let apiFront: { close(): Promise<void> } | undefined

  return {
    ...common,
    dial: first.dial,
    nodes,
    index: underlay.index,
    ingress: ingress.endpoint,
    secureIngress: ingress.secureEndpoint,
    ingressLogFile: folder.ingressLogFile,
    systemPods: describeSystemPods({ dnsIp, ingressLogFile: folder.ingressLogFile }),
    ...(underlay.apiServer ? { apiServer: underlay.apiServer } : {}),
    claimServiceIp: (wanted) => serviceIps.claim(wanted),
    releaseServiceIp: (ip) => serviceIps.release(ip),
    async serveApi(accept) {
      if (underlay.apiServer) apiFront = await underlay.accept(accept, underlay.apiServer)
    },
    follow: (late) => view.follow(late),
    async settled() {
      await new Promise((resolve) => setImmediate(resolve))
      await sync()
    },
    async stop() {
      view.stop()
      watch?.cancel()
      await Promise.all([proxy.stop(), dns.stop(), ingress.stop(), apiFront?.close()])
      await underlay.stop()
      folder.remove()
    },
  }
}

/** The addresses of one node's pods: the first of the range is the bridge's, the last the ingress controller's. */
function claimPodIps(cidr: string): Pick<Network, 'claimPodIp' | 'releasePodIp'> {
  const pool = makeAddressPool({ cidr, first: 2, last: 253 })
  const ipByUid = new Map<string, string>()
  return {
    claimPodIp(podUid) {
      const ip = ipByUid.get(podUid) ?? pool.claim()
      ipByUid.set(podUid, ip)
      return ip
    },
    releasePodIp(podUid) {
      const ip = ipByUid.get(podUid)
      ipByUid.delete(podUid)
      if (ip) pool.release(ip)
    },
  }
}

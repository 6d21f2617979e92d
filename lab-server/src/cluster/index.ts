// Wires the embedded cluster: network, API server, container runtime, kubelets, controllers.
// Nothing imports this file but main.ts, the host of the lab's clusters, and tests.
import { join } from 'node:path'
import { startApiServer } from './apiserver/start-api-server.ts'
import { type Clock, makeClock } from './clock.ts'
import { readClusterState, writeClusterState } from './cluster-state.ts'
import { startControllers } from './controllers/index.ts'
import { makeEndingClock } from './ending-clock.ts'
import type { Image } from './kubelet/container-runtime.ts'
import { type Kubelet, startKubelet } from './kubelet/kubelet.ts'
import { makeProcessRuntime } from './kubelet/runtime/process-runtime.ts'
import { makeClusterNetwork } from './network/cluster-network.ts'
import { makeIsolatedUnderlay } from './network/isolated/isolated-underlay.ts'
import type { NetworkAgent } from './network/isolated/network-agent.ts'
import { ingressLabels, ingressNamespace } from './network/system-pods.ts'
import { makePortableUnderlay } from './network/underlay/portable-underlay.ts'
import { routeToNodes } from './node-router.ts'
import { makeKindTable } from './objects/kind-table.ts'

/** What a cluster may lack: the metrics API, the provisioner of volumes, a registry that answers. */
export type AddOn = 'metrics' | 'provisioner' | 'registry'

export interface ClusterOptions {
  /** Objects, volumes and logs live here; created when missing. A folder of an earlier run is taken up again. */
  dataDir: string
  /** Port of the API server on 127.0.0.1; 0 is any free one, the same again after a restart. */
  port?: number
  /** How many nodes; 1 unless given. */
  nodes?: number
  /** Makes the network isolated, see `chooseNetwork`; without it the cluster lives on loopback addresses. */
  networkAgent?: NetworkAgent | undefined
  /** The images that a registry would have, beside the stock ones. */
  images: Image[]
  /** Calls webhooks at URLs too: for owners whose webhooks run on this machine, outside of the cluster. */
  callsWebhookUrls?: boolean
  clock?: Clock
  /** What it lacks; nothing unless given. */
  without?: AddOn[]
  /** Hears of errors that are nobody's fault but ours. */
  onUnexpected?(error: unknown, where: string): void
}

/** A running embedded cluster. */
export interface Cluster {
  /** `https://127.0.0.1:<port>` */
  readonly url: string
  /** The administrator's kubeconfig, as YAML. */
  readonly kubeconfig: string
  /** `http://127.x.y.z:<port>`: the ingress controller on this machine, to be asked with the Host header of a rule. */
  readonly ingressUrl: string
  /** The network level reached: `portable` or `isolated`. */
  readonly networkLevel: string
  stop(): Promise<void>
}

/** Starts a cluster; its API answers and its nodes are registered when the promise resolves. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { dataDir, images, without = [], onUnexpected = () => {} } = options
  const clock = makeEndingClock(options.clock ?? makeClock())
  const state = readClusterState(dataDir)
  const kinds = makeKindTable()
  const kubelets: Kubelet[] = []
  const nodeCount = options.nodes ?? 1
  const underlay = options.networkAgent
    ? await makeIsolatedUnderlay(options.networkAgent, nodeCount)
    : await makePortableUnderlay(nodeCount, state.networkIndex)
  const network = await makeClusterNetwork({
    clock,
    underlay,
    ...(state.ingressPorts ? { ingressPorts: state.ingressPorts } : {}),
  })
  const api = await startApiServer({
    dataDir,
    port: options.port || state.port || 0,
    clock,
    kinds,
    services: network,
    callsWebhookUrls: options.callsWebhookUrls,
    node: routeToNodes(kubelets),
    ...(without.includes('metrics')
      ? {}
      : { readUsage: async () => (await Promise.all(kubelets.map((kubelet) => kubelet.podReadings()))).flat() }),
    onUnexpected: (error) => onUnexpected(error, 'apiserver'),
  })
  await network.serveApi(api.accept)
  writeClusterState(dataDir, {
    port: Number(new URL(api.url).port),
    networkIndex: network.index,
    ingressPorts: { http: network.ingress.port, https: network.secureIngress.port },
  })
  network.follow(api.client)
  const allImages = [...images, ...network.systemPods.images]
  const runtime = makeProcessRuntime({ images: allImages, network, dataDir: join(dataDir, 'containers'), clock })
  const hostDir = join(dataDir, 'host')
  for (const [index, nodeNetwork] of network.nodes.entries()) {
    const nodeName = `node-${index + 1}`
    const kubelet = await startKubelet(
      {
        client: api.client,
        clock,
        runtime,
        network: nodeNetwork,
        nodeName,
        dataDir: join(dataDir, 'nodes', nodeName),
        hostDir,
        images: allImages,
        hasRegistry: !without.includes('registry'),
        issueToken: api.issueToken,
      },
      (error) => onUnexpected(error, `kubelet ${nodeName}`),
    )
    kubelets.push(kubelet)
  }
  const controllers = startControllers({
    client: api.client,
    clock,
    kinds: () => kinds.all(),
    rootCa: api.caCertificate,
    hostDir,
    ...(without.includes('provisioner') ? {} : { volumesDir: '/opt/local-path-provisioner' }),
    ingress: { address: { ip: underlay.nodes[0]?.ip ?? '' }, namespace: ingressNamespace, labels: ingressLabels },
    ...(without.includes('metrics') ? {} : { metrics: async () => api.podUsage() }),
    onError: onUnexpected,
  })

  // At the first start only: what an administrator removes or changes stays so.
  if (state.port === undefined) for (const object of network.systemPods.objects) await api.client.create(object)

  return {
    url: api.url,
    kubeconfig: api.kubeconfig,
    ingressUrl: `http://${network.ingress.host}:${network.ingress.port}`,
    networkLevel: network.level,
    async stop() {
      await controllers.stop()
      await Promise.all(kubelets.map((kubelet) => kubelet.stop()))
      await runtime.stop()
      await api.stop()
      await network.stop()
      // Grace periods and the like, of what is gone.
      clock.end()
    },
  }
}

// What a test of the client library starts from: a cluster, a namespace of its own, and the library's clients.
import { AppsV1Api, CoreV1Api, KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node'
import { kubectlNear } from '../kubectls.ts'
import type { Place } from '../places.ts'
import type { Traits } from '../transcript/other-answers.ts'
import { type Cutter, startCutter } from './cutter.ts'

/** The clients of a user, and the wire they speak over. */
export interface ClientPlace {
  namespace: string
  traits: Omit<Traits, 'kubectl'>
  config: KubeConfig
  core: CoreV1Api
  apps: AppsV1Api
  objects: KubernetesObjectApi
  /** Every byte of `config` passes it. */
  wire: Cutter
  stop(): Promise<void>
}

/** Opens a cluster and makes `namespace` in it. */
export async function openClientPlace(place: Place, namespace: string): Promise<ClientPlace> {
  const cluster = await place.open()
  await cluster.workplace(kubectlNear(36), namespace)
  const direct = new KubeConfig()
  direct.loadFromString(cluster.kubeconfig)
  const server = direct.getCurrentCluster()?.server ?? ''
  const wire = await startCutter(new URL(server))
  const config = new KubeConfig()
  config.loadFromString(cluster.kubeconfig.replaceAll(server, wire.url))
  return {
    namespace,
    traits: cluster.traits,
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    objects: KubernetesObjectApi.makeApiClient(config),
    wire,
    async stop() {
      await wire.stop()
      await cluster.stop()
    },
  }
}

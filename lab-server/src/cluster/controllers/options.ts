// What the controllers need from outside the API: handed in, so that they know no files and no network.
import type { KindDefinition } from '../objects/kind-definition.ts'

/** Use of one pod's containers, as the kubelets measure it. */
export interface PodUsage {
  namespace: string
  name: string
  containers: { name: string; cpuNanocores: number; memoryBytes: number }[]
}

/** How a cluster's controllers are set up. */
export interface ControllerOptions {
  /** The kinds being served now, custom ones included. */
  kinds(): KindDefinition[]
  /** PEM of the certificate authority, published in each namespace. */
  rootCa: string
  /** Folder on the nodes under which the local-path provisioner makes volumes; without it nothing provisions. */
  volumesDir?: string
  /** Folder on this machine that stands for the nodes' `/`. Without it no folder is made or deleted. */
  hostDir?: string
  /** The ingress controller: the address that each Ingress of its class shows, and its pods. None means that nothing answers. */
  ingress?: { address: { ip?: string; hostname?: string }; namespace: string; labels: Record<string, string> }
  /** What the pods of all nodes use now; absent where there is no metrics API. */
  metrics?(): Promise<PodUsage[]>
  /** Told of unexpected errors; the work is tried again. */
  onError?(error: unknown, where: string): void
}

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
  /** Folder on the nodes under which the local-path provisioner makes volumes: `/opt/local-path-provisioner`. */
  volumesDir: string
  /** Folder on this machine that stands for the nodes' `/`. Without it no folder is made or deleted. */
  hostDir?: string
  /** Shown as the address of each Ingress of a known class; none means that no controller answers. */
  ingressAddress?: { ip?: string; hostname?: string }
  /** What the pods of all nodes use now; absent where there is no metrics API. */
  metrics?(): Promise<PodUsage[]>
  /** Told of unexpected errors; the work is tried again. */
  onError?(error: unknown, where: string): void
}

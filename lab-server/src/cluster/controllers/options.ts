// What the controllers need from outside the API: handed in, so that they know no files and no network.
import type { KindDefinition } from '../objects/kind-definition.ts'

/** Use of one pod's containers, as the metrics API reports it. */
export interface PodUsage {
  containers: { name: string; cpuMillicores: number; memoryBytes: number }[]
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
  /** What a pod uses now, or undefined when that is not known. */
  metrics?(namespace: string, pod: string): PodUsage | undefined
  /** Told of unexpected errors; the work is tried again. */
  onError?(error: unknown, where: string): void
}

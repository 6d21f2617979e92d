// The cluster as one scheduling decision sees it: nodes with what already runs on them.
import type { Client } from '../../client.ts'
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../objects/types.ts'
import { isPodFinished } from '../pod-state.ts'
import { addResources, podRequests, type Resources } from './pod-requests.ts'

/** A node, its pods, and the sum of what they request. */
export interface NodeView {
  node: Node
  name: string
  pods: Pod[]
  requested: Resources
}

/** Everything that filters and scores may look at. */
export interface SchedulingView {
  nodes: NodeView[]
  /** Labels of a namespace, for selectors over namespaces. */
  namespaceLabels(name: string): Record<string, string>
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined
  volumes(): PersistentVolume[]
  storageClass(name: string): StorageClass | undefined
}

/** Reads the cluster. Finished pods hold no resources and count for nothing. */
export function viewCluster(client: Client): SchedulingView {
  const pods = client.list('Pod').filter((pod) => pod.spec?.nodeName && !isPodFinished(pod))
  return {
    nodes: client
      .list('Node')
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .map((node) =>
        viewNode(
          node,
          pods.filter(({ spec }) => spec?.nodeName === node.metadata.name),
        ),
      ),
    namespaceLabels: (name) => client.find('Namespace', { name })?.metadata.labels ?? {},
    claim: (namespace, name) => client.find('PersistentVolumeClaim', { namespace, name }),
    volumes: () => client.list('PersistentVolume'),
    storageClass: (name) => (name ? client.find('StorageClass', { name }) : undefined),
  }
}

/** A node with the given pods on it. */
export function viewNode(node: Node, pods: Pod[]): NodeView {
  const requested = pods.map(podRequests).reduce(addResources, {})
  return { node, name: node.metadata.name ?? '', pods, requested }
}

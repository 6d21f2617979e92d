// Pods of a DaemonSet: on which node, and whether they may run there.
import type { DaemonSet, Node, Pod } from '../../objects/types.ts'
import { matchesNodeAffinity } from '../scheduler/node-affinity.ts'
import { type Toleration, untolerated } from '../scheduler/tolerations.ts'

const automatic: Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
]
const networkUnavailable: Toleration = {
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
}

/** Ties a pod to a node by affinity, so that the scheduler binds it there, and lets it run on a troubled one. */
export function tieToNode(pod: Pod, nodeName: string): void {
  if (!pod.spec) return
  const added = pod.spec.hostNetwork ? [...automatic, networkUnavailable] : automatic
  pod.spec.tolerations = [...(pod.spec.tolerations ?? []), ...added]
  const affinity = pod.spec.affinity ?? {}
  const required = affinity.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [nodeName] }]
  const terms = (required?.nodeSelectorTerms ?? [{}]).map((term) => ({ ...term, matchFields }))
  pod.spec.affinity = {
    ...affinity,
    nodeAffinity: {
      ...affinity.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms },
    },
  }
}

/** The node that a pod is on or is meant for. */
export function targetNode(pod: Pod): string {
  if (pod.spec?.nodeName) return pod.spec.nodeName
  const terms =
    pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const field = terms.flatMap(({ matchFields = [] }) => matchFields).find(({ key }) => key === 'metadata.name')
  return field?.values?.[0] ?? ''
}

/** Whether the DaemonSet's pod should be started on a node, and whether one that runs there may stay. */
export function nodeSuitability(daemonSet: DaemonSet, node: Node): { shouldRun: boolean; mayStay: boolean } {
  const spec = daemonSet.spec?.template.spec
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: {}, ...(spec ? { spec } : {}) }
  if (!matchesNodeAffinity(pod, node)) return { shouldRun: false, mayStay: false }
  const tolerations = [...(spec?.tolerations ?? []), ...automatic, ...(spec?.hostNetwork ? [networkUnavailable] : [])]
  const taints = node.spec?.taints
  return {
    shouldRun: untolerated(taints, tolerations, ['NoSchedule', 'NoExecute']).length === 0,
    mayStay: untolerated(taints, tolerations, ['NoExecute']).length === 0,
  }
}

import { ageColumn, nameColumn, plain, wide } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import { applyPodDefaults } from '../pod-spec/pod-defaults.ts'
import { podErrors } from '../pod-spec/pod-spec-validation.ts'
import { podUpdateErrors } from '../pod-spec/pod-update.ts'
import { podWarnings } from '../pod-spec/pod-warnings.ts'
import type { Pod } from '../types.ts'
import { podSummary } from './pod-status.ts'

const connect = ['create', 'get']
const readAndWrite = ['get', 'patch', 'update']

/** Containers that run together on one node. */
export const pod = defineKind<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  subresources: { status: true },
  otherSubresources: [
    { name: 'attach', kind: 'PodAttachOptions', verbs: connect },
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
    { name: 'ephemeralcontainers', kind: 'Pod', verbs: readAndWrite },
    { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    { name: 'exec', kind: 'PodExecOptions', verbs: connect },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'portforward', kind: 'PodPortForwardOptions', verbs: connect },
    { name: 'proxy', kind: 'PodProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    { name: 'resize', kind: 'Pod', verbs: readAndWrite },
  ],
  hasGeneration: true,
  columns: [
    nameColumn,
    plain('Ready'),
    plain('Status'),
    plain('Restarts'),
    ageColumn,
    wide('IP'),
    wide('Node'),
    wide('Nominated Node'),
    wide('Readiness Gates'),
  ],
  cells(pod, { nowMs }) {
    const { ready, total, status, restarts } = podSummary(pod, nowMs)
    return [
      pod.metadata.name,
      `${ready}/${total}`,
      status,
      restarts,
      age(pod.metadata.creationTimestamp, nowMs),
      pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || '<none>',
      pod.spec?.nodeName || '<none>',
      pod.status?.nominatedNodeName || '<none>',
      readinessGates(pod),
    ]
  },
  applyDefaults: applyPodDefaults,
  validate: podErrors,
  validateUpdate: podUpdateErrors,
  warnings: podWarnings,
  selectableFields: {
    'spec.nodeName': (pod) => pod.spec?.nodeName,
    'spec.restartPolicy': (pod) => pod.spec?.restartPolicy,
    'spec.schedulerName': (pod) => pod.spec?.schedulerName,
    'spec.serviceAccountName': (pod) => pod.spec?.serviceAccountName,
    'spec.hostNetwork': (pod) => String(pod.spec?.hostNetwork ?? false),
    'status.phase': (pod) => pod.status?.phase,
    'status.podIP': (pod) => pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP,
    'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName,
  },
})

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const open = gates.filter(({ conditionType }) =>
    pod.status?.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
  )
  return `${open.length}/${gates.length}`
}

import { ageColumn, nameColumn, plain, wide } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { Node } from '../types.ts'
import { nodeChange, nodeErrors } from './node-validation.ts'

const rolePrefix = 'node-role.kubernetes.io/'

/** A machine that runs pods. */
export const node = defineKind<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  subresources: { status: true },
  otherSubresources: [
    { name: 'proxy', kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  ],
  columns: [
    nameColumn,
    plain('Status'),
    plain('Roles'),
    ageColumn,
    plain('Version'),
    wide('Internal-IP'),
    wide('External-IP'),
    wide('OS-Image'),
    wide('Kernel-Version'),
    wide('Container-Runtime'),
  ],
  cells: (node, { nowMs }) => [
    node.metadata.name,
    nodeStatus(node),
    roles(node),
    age(node.metadata.creationTimestamp, nowMs),
    node.status?.nodeInfo?.kubeletVersion ?? '',
    address(node, 'InternalIP'),
    address(node, 'ExternalIP'),
    node.status?.nodeInfo?.osImage || '<unknown>',
    kernel(node),
    node.status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
  ],
  selectableFields: { 'spec.unschedulable': (node) => String(node.spec?.unschedulable ?? false) },
  validate: nodeErrors,
  validateUpdate: nodeChange,
  applyDefaults(node) {
    node.spec ??= {}
    node.status ??= {}
    const { status } = node
    if (status.capacity && !status.allocatable) status.allocatable = { ...status.capacity }
  },
})

function nodeStatus({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown']
  if (spec?.unschedulable) words.push('SchedulingDisabled')
  return words.join()
}

function roles({ metadata }: Node): string {
  const found = new Set<string>()
  for (const [label, value] of Object.entries(metadata.labels ?? {})) {
    if (label.startsWith(rolePrefix) && label.length > rolePrefix.length) found.add(label.slice(rolePrefix.length))
    else if (label === 'kubernetes.io/role' && value !== '') found.add(value)
  }
  return [...found].sort().join() || '<none>'
}

function address({ status }: Node, wanted: string): string {
  return status?.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>'
}

function kernel({ status }: Node): string {
  const { kernelVersion, architecture } = status?.nodeInfo ?? {}
  if (!kernelVersion) return '<unknown>'
  return architecture ? `${kernelVersion} (${architecture})` : kernelVersion
}

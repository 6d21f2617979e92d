// Why a node cannot take a pod. One entry per plugin of upstream's scheduler, in its order and words.
import type { Pod } from '../../objects/types.ts'
import { matchesNodeAffinity } from './node-affinity.ts'
import { affinityConflict } from './pod-affinity.ts'
import { parseResources, podRequests } from './pod-requests.ts'
import type { NodeView, SchedulingView } from './scheduling-view.ts'
import { untolerated } from './tolerations.ts'
import { spreadConflict } from './topology-spread.ts'
import { type PodClaims, volumeConflict } from './volume-filter.ts'

/** A node's refusal: its reasons, and whether other pods' going could change it. */
export interface Rejection {
  reasons: string[]
  isResolvable: boolean
}

/** A pod to place, with what is looked up once for all nodes. */
export interface Candidate {
  pod: Pod
  claims: PodClaims
}

type Filter = (candidate: Candidate, target: NodeView, view: SchedulingView) => Rejection | undefined

const unschedulableTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/** The first plugin's rejection, or undefined when the node can take the pod. */
export function filterNode(candidate: Candidate, target: NodeView, view: SchedulingView): Rejection | undefined {
  for (const filter of filters) {
    const rejection = filter(candidate, target, view)
    if (rejection) return rejection
  }
  return undefined
}

const filters: Filter[] = [
  ({ pod }, { node }) => {
    if (!node.spec?.unschedulable) return undefined
    const isTolerated = untolerated([unschedulableTaint], pod.spec?.tolerations, ['NoSchedule']).length === 0
    return isTolerated ? undefined : fixed('node(s) were unschedulable')
  },
  ({ pod }, { node }) => {
    const taints = untolerated(node.spec?.taints, pod.spec?.tolerations, ['NoSchedule', 'NoExecute'])
    return taints.length > 0 ? fixed('node(s) had untolerated taint(s)') : undefined
  },
  ({ pod }, { node }) =>
    matchesNodeAffinity(pod, node) ? undefined : fixed("node(s) didn't match Pod's node affinity/selector"),
  ({ pod }, { pods }) =>
    hasPortConflict(pod, pods) ? resolvable("node(s) didn't have free ports for the requested pod ports") : undefined,
  filterResources,
  ({ claims }, target, view) => {
    const conflict = volumeConflict(claims, target, view)
    return conflict ? fixed(conflict) : undefined
  },
  ({ pod }, target, view) => {
    const conflict = spreadConflict(pod, target, view)
    const reason = "node(s) didn't match pod topology spread constraints"
    if (conflict === 'missing label') return fixed(`${reason} (missing required label)`)
    return conflict === 'skew' ? resolvable(reason) : undefined
  },
  ({ pod }, target, view) => {
    const conflict = affinityConflict(pod, target, view)
    if (conflict === 'affinity') return fixed("node(s) didn't match pod affinity rules")
    if (conflict === 'anti-affinity') return resolvable("node(s) didn't match pod anti-affinity rules")
    return conflict ? resolvable("node(s) didn't satisfy existing pods anti-affinity rules") : undefined
  },
]

function filterResources({ pod }: Candidate, { node, pods, requested }: NodeView): Rejection | undefined {
  const allocatable = parseResources(node.status?.allocatable)
  const reasons: string[] = []
  let isResolvable = true
  if (allocatable.pods !== undefined && 1000 * (pods.length + 1) > allocatable.pods) reasons.push('Too many pods')
  for (const [name, amount] of Object.entries(podRequests(pod)).sort(([a], [b]) => resourceRank(a) - resourceRank(b))) {
    const capacity = allocatable[name] ?? 0
    if (amount === 0 || amount <= capacity - (requested[name] ?? 0)) continue
    reasons.push(`Insufficient ${name}`)
    // More than the whole node has: no pod's going would help.
    if (amount > capacity) isResolvable = false
  }
  return reasons.length > 0 ? { reasons, isResolvable } : undefined
}

function resourceRank(name: string): number {
  const index = ['cpu', 'memory', 'ephemeral-storage'].indexOf(name)
  return index < 0 ? 3 : index
}

function hasPortConflict(pod: Pod, others: Pod[]): boolean {
  const wanted = hostPorts(pod)
  if (wanted.length === 0) return false
  return others.flatMap(hostPorts).some((used) =>
    wanted.some((port) => {
      const overlaps = port.ip === used.ip || port.ip === '0.0.0.0' || used.ip === '0.0.0.0'
      return port.port === used.port && port.protocol === used.protocol && overlaps
    }),
  )
}

function hostPorts(pod: Pod) {
  return (pod.spec?.containers ?? []).flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, hostIP, protocol = 'TCP' }) =>
      hostPort ? [{ port: hostPort, ip: hostIP || '0.0.0.0', protocol }] : [],
    ),
  )
}

function fixed(reason: string): Rejection {
  return { reasons: [reason], isResolvable: false }
}

function resolvable(reason: string): Rejection {
  return { reasons: [reason], isResolvable: true }
}

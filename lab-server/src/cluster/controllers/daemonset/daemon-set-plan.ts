// Which pods a DaemonSet starts and removes now.
import { scaledValue } from '../../objects/int-or-string.ts'
import type { DaemonSet, Node, Pod } from '../../objects/types.ts'
import { isPodAvailable } from '../pod-state.ts'
import { nodeSuitability, targetNode } from './daemon-pod.ts'

/** Nodes to start a pod on and pods to remove, and failed ones among those. */
export interface DaemonSetPlan {
  create: string[]
  remove: Pod[]
  failed: Pod[]
}

interface Facts {
  nodes: Node[]
  pods: Pod[]
  /** The value of the revision label that new pods have. */
  hash: string
  nowMs: number
}

/** The label that names the template of a pod. */
export const hashLabel = 'controller-revision-hash'

/** The next steps: one pod on each suitable node, then old pods replaced within the limits of the strategy. */
export function planDaemonSet(daemonSet: DaemonSet, facts: Facts): DaemonSetPlan {
  const plan: DaemonSetPlan = { create: [], remove: [], failed: [] }
  const surge = surgeOf(daemonSet, facts)
  for (const node of facts.nodes) {
    const { shouldRun, mayStay } = nodeSuitability(daemonSet, node)
    const name = node.metadata.name ?? ''
    const here = facts.pods.filter((pod) => targetNode(pod) === name)
    const live = here.filter(({ metadata }) => !metadata.deletionTimestamp)
    const failed = live.filter(({ status }) => status?.phase === 'Failed')
    if (shouldRun && here.length === 0) plan.create.push(name)
    plan.failed.push(...failed)
    if (!shouldRun && !mayStay) plan.remove.push(...live.filter((pod) => !failed.includes(pod)))
    else if (surge === 0) plan.remove.push(...surplus(live.filter((pod) => !failed.includes(pod))))
  }
  const isRolling = daemonSet.spec?.updateStrategy?.type !== 'OnDelete'
  if (!isRolling || plan.create.length + plan.remove.length + plan.failed.length > 0) return plan
  return surge > 0 ? planSurge(daemonSet, facts, surge) : planReplace(daemonSet, facts)
}

/** Old pods to remove first, as many as may be missing; ones that do not work anyway are free. */
function planReplace(daemonSet: DaemonSet, facts: Facts): DaemonSetPlan {
  const suitable = suitableNodes(daemonSet, facts)
  const limit = scaledValue(daemonSet.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, suitable.length, 'up')
  let unavailable = 0
  const broken: Pod[] = []
  const working: Pod[] = []
  for (const name of suitable) {
    const live = livePods(facts, name)
    const isAvailable = live.some((pod) => isAvailableNow(daemonSet, pod, facts))
    if (!isAvailable) unavailable++
    for (const pod of live.filter((one) => isOld(one, facts))) (isAvailable ? working : broken).push(pod)
  }
  const free = Math.max(0, limit - unavailable)
  return { create: [], remove: [...broken, ...working.slice(0, free)], failed: [] }
}

/** New pods beside old ones, and old ones removed once the new one on their node is available. */
function planSurge(daemonSet: DaemonSet, facts: Facts, limit: number): DaemonSetPlan {
  const plan: DaemonSetPlan = { create: [], remove: [], failed: [] }
  let surging = 0
  for (const name of suitableNodes(daemonSet, facts)) {
    const live = livePods(facts, name)
    const old = live.filter((pod) => isOld(pod, facts))
    const fresh = live.filter((pod) => !isOld(pod, facts))
    if (old.length === 0) continue
    const isReplaced = fresh.some((pod) => isAvailableNow(daemonSet, pod, facts))
    if (isReplaced || !old.some((pod) => isAvailableNow(daemonSet, pod, facts))) plan.remove.push(...old)
    else if (fresh.length > 0) surging++
    else if (surging + plan.create.length < limit) plan.create.push(name)
  }
  return plan
}

function surgeOf(daemonSet: DaemonSet, { nodes }: Facts): number {
  return scaledValue(daemonSet.spec?.updateStrategy?.rollingUpdate?.maxSurge ?? 0, nodes.length, 'up')
}

function suitableNodes(daemonSet: DaemonSet, { nodes }: Facts): string[] {
  return nodes.filter((node) => nodeSuitability(daemonSet, node).shouldRun).map(({ metadata }) => metadata.name ?? '')
}

function livePods({ pods }: Facts, nodeName: string): Pod[] {
  return pods.filter((pod) => targetNode(pod) === nodeName && !pod.metadata.deletionTimestamp)
}

function isOld(pod: Pod, { hash }: Facts): boolean {
  return pod.metadata.labels?.[hashLabel] !== hash
}

function isAvailableNow(daemonSet: DaemonSet, pod: Pod, { nowMs }: Facts): boolean {
  return isPodAvailable(pod, daemonSet.spec?.minReadySeconds ?? 0, nowMs)
}

/** All but the oldest. */
function surplus(pods: Pod[]): Pod[] {
  return [...pods]
    .sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''))
    .slice(1)
}

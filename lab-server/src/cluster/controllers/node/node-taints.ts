import type { Node } from '../../objects/types.ts'
import type { Taint } from '../scheduler/tolerations.ts'

const prefix = 'node.kubernetes.io'
const pressures: Record<string, string> = {
  MemoryPressure: 'memory-pressure',
  DiskPressure: 'disk-pressure',
  PIDPressure: 'pid-pressure',
  NetworkUnavailable: 'network-unavailable',
}
const managed = new Set(
  ['not-ready', 'unreachable', 'unschedulable', ...Object.values(pressures)].map((name) => `${prefix}/${name}`),
)

/** The node's taints: those of operators as they are, and those that follow from its condition and cordon. */
export function planTaints(node: Node, now: string): Taint[] {
  const before = node.spec?.taints ?? []
  const wanted = wantedTaints(node)
  const isWanted = (taint: Taint) => wanted.some((one) => one.key === taint.key && one.effect === taint.effect)
  const kept = before.filter((taint) => !managed.has(taint.key) || isWanted(taint))
  const added = wanted
    .filter((taint) => !kept.some((one) => one.key === taint.key && one.effect === taint.effect))
    .map((taint) => ({ ...taint, timeAdded: now }))
  return [...kept, ...added]
}

function wantedTaints(node: Node): Taint[] {
  const conditions = new Map((node.status?.conditions ?? []).map(({ type, status }) => [type, status]))
  const taints: Taint[] = []
  const ready = conditions.get('Ready')
  const trouble = ready === 'False' ? 'not-ready' : ready === 'Unknown' ? 'unreachable' : undefined
  if (trouble) {
    taints.push(
      { key: `${prefix}/${trouble}`, effect: 'NoSchedule' },
      { key: `${prefix}/${trouble}`, effect: 'NoExecute' },
    )
  }
  for (const [type, name] of Object.entries(pressures)) {
    if (conditions.get(type) === 'True') taints.push({ key: `${prefix}/${name}`, effect: 'NoSchedule' })
  }
  if (node.spec?.unschedulable) taints.push({ key: `${prefix}/unschedulable`, effect: 'NoSchedule' })
  return taints
}

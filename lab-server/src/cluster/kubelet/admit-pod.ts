// Whether a pod that is bound to the node may run on it. The scheduler has asked the same; a pod that names its node
// itself has not been through the scheduler.

import { quantityToInteger, quantityToMilli } from '../objects/quantity.ts'
import { type LabelRequirement, matchesPairs, matchesRequirements } from '../objects/selectors.ts'
import type { Node, Pod } from '../objects/types.ts'
import { podResources } from './status/pod-resources.ts'

/** Why a pod is refused: the reason of its status, and the words of upstream's kubelet. */
export interface Refusal {
  reason: string
  message: string
}

/** Decides for `pod` beside `others`, the unfinished pods that the node already has. */
export function admissionRefusal(pod: Pod, others: Pod[], node: Node): Refusal | undefined {
  const labels = node.metadata.labels
  const selector = pod.spec?.nodeSelector ?? {}
  const isSelected = Object.keys(selector).length === 0 || matchesPairs(selector, labels)
  const isWanted = isSelected && matchesAffinity(pod, labels)
  if (!isWanted) {
    const why = "node(s) didn't match Pod's node affinity/selector"
    return { reason: 'NodeAffinity', message: `Predicate NodeAffinity failed: ${why}` }
  }
  const capacity = quantityToInteger(node.status?.allocatable?.pods)
  if (others.length + 1 > capacity) return outOf('pods', { requested: 1, used: others.length, capacity })

  const wanted = podResources(pod).requests ?? {}
  for (const name of Object.keys(wanted).filter((name) => name !== 'pods')) {
    const amount = (text: string | undefined) => integerAmount(name, text)
    const requested = amount(wanted[name])
    const used = others.reduce((sum, other) => sum + amount(podResources(other).requests?.[name]), 0)
    const capacity = amount(node.status?.allocatable?.[name])
    if (requested > 0 && used + requested > capacity) return outOf(name, { requested, used, capacity })
  }
  return undefined
}

function outOf(
  resource: string,
  { requested, used, capacity }: { requested: number; used: number; capacity: number },
): Refusal {
  const amounts = `requested: ${requested}, used: ${used}, capacity: ${capacity}`
  return { reason: `OutOf${resource}`, message: `Node didn't have enough resource: ${resource}, ${amounts}` }
}

/** CPU counts in thousandths, everything else in units. */
function integerAmount(name: string, text: string | undefined): number {
  return name === 'cpu' ? quantityToMilli(text) : quantityToInteger(text)
}

/** Required node affinity by labels; terms are alternatives. Fields name the node, which the binding already did. */
function matchesAffinity(pod: Pod, labels: Record<string, string> | undefined): boolean {
  const terms = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (!terms) return true
  return terms.some(({ matchExpressions = [] }) => {
    const requirements = matchExpressions.map(
      ({ key, operator, values }): LabelRequirement => ({
        key,
        operator: operatorNames[operator] ?? 'In',
        values: values ?? [],
      }),
    )
    return matchesRequirements(requirements, labels)
  })
}

const operatorNames: Record<string, LabelRequirement['operator']> = {
  In: 'In',
  NotIn: 'NotIn',
  Exists: 'Exists',
  DoesNotExist: 'DoesNotExist',
  Gt: 'GreaterThan',
  Lt: 'LessThan',
}

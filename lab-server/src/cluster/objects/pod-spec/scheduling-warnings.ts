// What an API server warns of in how a pod chooses nodes and company.
import type { PodSpec } from '../types.ts'

type NodeSelector = NonNullable<
  NonNullable<NonNullable<PodSpec['affinity']>['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>
type Term = NodeSelector['nodeSelectorTerms'][number]

const outdatedLabels = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  ['failure-domain.beta.kubernetes.io/region', 'deprecated since v1.17; use "topology.kubernetes.io/region" instead'],
  ['failure-domain.beta.kubernetes.io/zone', 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
  ['beta.kubernetes.io/instance-type', 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'],
])
const matchesNone = 'a null labelSelector results in matching no pod'
const hard = 'requiredDuringSchedulingIgnoredDuringExecution'
const soft = 'preferredDuringSchedulingIgnoredDuringExecution'

/** Warnings about labels of nodes, which upstream gives first, and about the company of pods, which it gives last. */
export function selectorWarnings(field: string, spec: PodSpec): { selection: string[]; affinity: string[] } {
  const nodes = spec.affinity?.nodeAffinity
  const selection = Object.keys(spec.nodeSelector ?? {}).flatMap((key) => {
    const what = outdatedLabels.get(key)
    return what ? [`${field}.nodeSelector[${key}]: ${what}`] : []
  })
  const at = `${field}.affinity.nodeAffinity`
  selection.push(...nodeSelectorWarnings(`${at}.${hard}`, nodes?.[hard]))
  for (const [i, { preference }] of (nodes?.[soft] ?? []).entries()) {
    selection.push(...termWarnings(`${at}.${soft}[${i}].preference`, preference))
  }
  for (const [i, { topologyKey, labelSelector }] of (spec.topologySpreadConstraints ?? []).entries()) {
    const constraint = `${field}.topologySpreadConstraints[${i}]`
    const what = outdatedLabels.get(topologyKey)
    if (what) selection.push(`${constraint}.topologyKey: ${topologyKey} is ${what}`)
    if (!labelSelector) selection.push(`${constraint}.labelSelector: ${matchesNone}`)
  }
  return { selection, affinity: companyWarnings(`${field}.affinity`, spec) }
}

/** Warnings about a choice of nodes by labels that are no more. */
export function nodeSelectorWarnings(field: string, selector: NodeSelector | undefined): string[] {
  return (selector?.nodeSelectorTerms ?? []).flatMap((term, i) =>
    termWarnings(`${field}.nodeSelectorTerms[${i}]`, term),
  )
}

function termWarnings(field: string, term: Term | undefined): string[] {
  return (term?.matchExpressions ?? []).flatMap(({ key }, i) => {
    const what = outdatedLabels.get(key)
    return what ? [`${field}.matchExpressions[${i}].key: ${key} is ${what}`] : []
  })
}

function companyWarnings(field: string, { affinity }: PodSpec): string[] {
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const must = (affinity?.[kind]?.[hard] ?? []).flatMap(({ labelSelector }, i) =>
      labelSelector ? [] : [`${field}.${kind}.${hard}[${i}].labelSelector: ${matchesNone}`],
    )
    const may = (affinity?.[kind]?.[soft] ?? []).flatMap(({ podAffinityTerm }, i) =>
      podAffinityTerm?.labelSelector
        ? []
        : [`${field}.${kind}.${soft}[${i}].podAffinityTerm.labelSelector: ${matchesNone}`],
    )
    return [...must, ...may]
  })
}

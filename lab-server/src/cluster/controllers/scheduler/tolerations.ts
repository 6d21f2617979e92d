// Taints and tolerations: for the scheduler, for DaemonSets, and for eviction from tainted nodes.
import type { Node, PodSpec } from '../../objects/types.ts'

export type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number]
export type Toleration = NonNullable<PodSpec['tolerations']>[number]

/** True if a toleration covers a taint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key, effect, operator = 'Equal', value = '' } = toleration
  if (effect && effect !== taint.effect) return false
  if (key && key !== taint.key) return false
  if (operator === 'Exists') return true
  return Boolean(key) && value === (taint.value ?? '')
}

/** The taints with one of these effects that nothing tolerates. */
export function untolerated(
  taints: Taint[] | undefined,
  tolerations: Toleration[] | undefined,
  effects: string[],
): Taint[] {
  return (taints ?? [])
    .filter(({ effect }) => effects.includes(effect))
    .filter((taint) => !(tolerations ?? []).some((toleration) => tolerates(toleration, taint)))
}

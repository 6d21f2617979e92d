import type { OwnerReference } from '../../objects/types.ts'

/** How an owner is doing: there to stay, waiting for its dependents to go first, or not there. */
export type OwnerState = 'solid' | 'waiting' | 'absent'

/** What becomes of an object because of its owners. */
export type OwnerPlan =
  | { action: 'keep' }
  | { action: 'unlink'; remaining: OwnerReference[] }
  | { action: 'delete'; propagationPolicy: 'Foreground' | 'Background' | 'Orphan' }

/**
 * Decides about an object with owner references: one solid owner keeps it, and it drops the references to
 * the others; without any it goes, in the foreground when an owner waits for it and it has dependents itself.
 */
export function planByOwners(
  owners: { reference: OwnerReference; state: OwnerState }[],
  own: { hasDependents: boolean; finalizers: string[] },
): OwnerPlan {
  const solid = owners.filter(({ state }) => state === 'solid').map(({ reference }) => reference)
  if (owners.length === 0 || solid.length === owners.length) return { action: 'keep' }
  if (solid.length > 0) return { action: 'unlink', remaining: solid }
  const isAwaited = owners.some(({ state, reference }) => state === 'waiting' && reference.blockOwnerDeletion)
  if (isAwaited && own.hasDependents) return { action: 'delete', propagationPolicy: 'Foreground' }
  if (own.finalizers.includes('orphan')) return { action: 'delete', propagationPolicy: 'Orphan' }
  if (own.finalizers.includes('foregroundDeletion')) return { action: 'delete', propagationPolicy: 'Foreground' }
  return { action: 'delete', propagationPolicy: 'Background' }
}

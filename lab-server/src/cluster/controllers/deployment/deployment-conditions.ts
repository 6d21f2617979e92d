// A Deployment's conditions: set as upstream does, which also decides their order.
import { formatTime } from '../../clock.ts'
import type { Deployment } from '../../objects/types.ts'

export type DeploymentCondition = NonNullable<NonNullable<Deployment['status']>['conditions']>[number]

/** A condition that is true, false or unknown from now on. */
export function newCondition(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  text: { reason: string; message: string },
  nowMs: number,
): DeploymentCondition {
  const now = formatTime(nowMs)
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, ...text }
}

/** The condition of a type. */
export function findCondition(conditions: DeploymentCondition[] | undefined, type: string) {
  return conditions?.find((condition) => condition.type === type)
}

/** Replaces a condition unless status and reason are the same; the transition time moves with the status only. */
export function setCondition(conditions: DeploymentCondition[], condition: DeploymentCondition): DeploymentCondition[] {
  const current = findCondition(conditions, condition.type)
  if (current?.status === condition.status && current.reason === condition.reason) return conditions
  const lastTransitionTime =
    current?.status === condition.status ? current.lastTransitionTime : condition.lastTransitionTime
  return [
    ...removeCondition(conditions, condition.type),
    { ...condition, ...(lastTransitionTime ? { lastTransitionTime } : {}) },
  ]
}

/** The conditions without those of a type. */
export function removeCondition(conditions: DeploymentCondition[], type: string): DeploymentCondition[] {
  return conditions.filter((condition) => condition.type !== type)
}

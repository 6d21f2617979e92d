import { formatTime } from '../../clock.ts'
import { formatQuantity, parseQuantity } from '../../objects/quantity.ts'
import type { HorizontalPodAutoscaler } from '../../objects/types.ts'

export type AutoscalerCondition = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['conditions']>[number]

/** The conditions with one of them set; its time moves only with its status. */
export function withCondition(
  conditions: AutoscalerCondition[],
  { type, status, reason, message }: { type: string; status: 'True' | 'False'; reason: string; message: string },
  nowMs: number,
): AutoscalerCondition[] {
  const before = conditions.find((condition) => condition.type === type)
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : formatTime(nowMs)
  const next = { type, status, reason, message, ...(lastTransitionTime ? { lastTransitionTime } : {}) }
  return before ? conditions.map((one) => (one === before ? next : one)) : [...conditions, next]
}

/** An average as upstream writes it: `120m` of processor, bytes of memory. */
export function averageQuantity(milli: number): string {
  return formatQuantity(parseQuantity(`${milli}m`))
}

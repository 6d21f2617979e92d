// Rules for disruption budgets.
import type { FieldError } from '../kind-definition.ts'
import type { PodDisruptionBudget } from '../types.ts'
import { invalid } from '../validation/errors.ts'
import { labelSelectorErrors } from '../validation/metadata.ts'
import { atMostHundredPercent, countOrPercent } from '../validation/numbers.ts'

/** Rules for a disruption budget. */
export function budgetErrors({ spec }: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, selector } = spec ?? {}
  const errors: FieldError[] = []
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    errors.push(invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set'))
  }
  for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
    if (value === undefined) continue
    errors.push(...countOrPercent(`spec.${field}`, value), ...atMostHundredPercent(`spec.${field}`, value))
  }
  return [...errors, ...labelSelectorErrors('spec.selector', selector)]
}

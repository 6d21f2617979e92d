// Rules for disruption budgets.
import type { FieldError } from '../kind-definition.ts'
import type { PodDisruptionBudget } from '../types.ts'
import { invalid, notSupported } from '../validation/errors.ts'
import { internalForm } from '../validation/internal-form.ts'
import { labelSelectorErrors } from '../validation/metadata.ts'
import { atMostHundredPercent, countOrPercent } from '../validation/numbers.ts'

/** Rules for a disruption budget. */
export function budgetErrors({ spec }: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, selector } = spec ?? {}
  const errors: FieldError[] = []
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const value = internalForm('PodDisruptionBudgetSpec', spec)
    errors.push(invalid('spec', value, 'minAvailable and maxUnavailable cannot be both set'))
  }
  for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
    if (value === undefined) continue
    errors.push(...countOrPercent(`spec.${field}`, value), ...atMostHundredPercent(`spec.${field}`, value))
  }
  errors.push(...labelSelectorErrors('spec.selector', selector))
  const policy = spec?.unhealthyPodEvictionPolicy
  const known = ['AlwaysAllow', 'IfHealthyBudget']
  if (policy === undefined || known.includes(policy)) return errors
  return [...errors, notSupported('spec.unhealthyPodEvictionPolicy', policy, known)]
}

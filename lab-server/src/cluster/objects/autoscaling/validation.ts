// Rules for autoscalers.
import type { FieldError } from '../kind-definition.ts'
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerV1 } from '../types.ts'
import { invalid, notSupported, required } from '../validation/errors.ts'
import { metricErrors, referenceErrors } from './metric-validation.ts'

type Behavior = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['behavior']>
type ScalingRules = NonNullable<Behavior['scaleUp']>
type Policy = NonNullable<ScalingRules['policies']>[number]

const [mostWindowSeconds, mostPeriodSeconds] = [3600, 1800]
const selectPolicies = ['Disabled', 'Max', 'Min']

/** Rules for an autoscaler in its current form. */
export function autoscalerErrors(autoscaler: HorizontalPodAutoscaler): FieldError[] {
  const { metrics, behavior } = autoscaler.spec ?? {}
  return [
    ...boundsErrors(autoscaler),
    ...(metrics ?? []).flatMap((metric, i) => metricErrors(`spec.metrics[${i}]`, metric)),
    ...scalingErrors('spec.behavior.scaleUp', behavior?.scaleUp),
    ...scalingErrors('spec.behavior.scaleDown', behavior?.scaleDown),
  ]
}

/** Rules for both forms: how many pods of what. */
export function boundsErrors({ spec }: HorizontalPodAutoscaler | HorizontalPodAutoscalerV1): FieldError[] {
  const { minReplicas = 1, maxReplicas = 0, scaleTargetRef } = spec ?? {}
  const errors: FieldError[] = []
  if (minReplicas < 1) {
    errors.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'))
  }
  if (maxReplicas < 1) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'))
  if (maxReplicas < minReplicas) {
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'))
  }
  return [...errors, ...referenceErrors('spec.scaleTargetRef', scaleTargetRef ?? {})]
}

function scalingErrors(field: string, rules: ScalingRules | undefined): FieldError[] {
  if (!rules) return []
  const { stabilizationWindowSeconds: seconds = 0, selectPolicy, policies } = rules
  const at = `${field}.stabilizationWindowSeconds`
  const errors: FieldError[] = []
  if (seconds < 0) errors.push(invalid(at, seconds, 'must be greater than or equal to zero'))
  if (seconds > mostWindowSeconds) {
    errors.push(invalid(at, seconds, `must be less than or equal to ${mostWindowSeconds}`))
  }
  if (selectPolicy !== undefined && !selectPolicies.includes(selectPolicy)) {
    errors.push(notSupported(`${field}.selectPolicy`, selectPolicy, selectPolicies))
  }
  if (!policies?.length) return [...errors, required(`${field}.policies`, 'must specify at least one Policy')]
  return [...errors, ...policies.flatMap((policy, i) => policyErrors(`${field}.policies[${i}]`, policy))]
}

function policyErrors(field: string, policy: Policy): FieldError[] {
  const { type, value = 0, periodSeconds = 0 } = policy
  const known = ['Percent', 'Pods']
  const errors = known.includes(type) ? [] : [notSupported(`${field}.type`, type ?? '', known)]
  if (value <= 0) errors.push(invalid(`${field}.value`, value, 'must be greater than zero'))
  const at = `${field}.periodSeconds`
  if (periodSeconds <= 0) errors.push(invalid(at, periodSeconds, 'must be greater than zero'))
  if (periodSeconds <= mostPeriodSeconds) return errors
  return [...errors, invalid(at, periodSeconds, `must be less than or equal to ${mostPeriodSeconds}`)]
}

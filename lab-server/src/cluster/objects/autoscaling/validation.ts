// Rules for autoscalers.
import type { FieldError } from '../kind-definition.ts'
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerV1 } from '../types.ts'
import { invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { pathSegmentProblems } from '../validation/names.ts'
import { positive } from '../validation/numbers.ts'

type Metric = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number]

const metricTypes = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']

/** Rules for an autoscaler in its current form. */
export function autoscalerErrors(autoscaler: HorizontalPodAutoscaler): FieldError[] {
  const metrics = autoscaler.spec?.metrics ?? []
  return [...boundsErrors(autoscaler), ...metrics.flatMap((metric, i) => metricErrors(`spec.metrics[${i}]`, metric))]
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
  for (const field of ['kind', 'name'] as const) {
    const value = scaleTargetRef?.[field]
    const at = `spec.scaleTargetRef.${field}`
    errors.push(...(value ? invalidEach(at, value, pathSegmentProblems(value)) : [required(at)]))
  }
  return errors
}

function metricErrors(field: string, metric: Metric): FieldError[] {
  if (!metric.type) return [required(`${field}.type`, 'must specify a metric source type')]
  if (!metricTypes.includes(metric.type)) return [notSupported(`${field}.type`, metric.type, metricTypes)]
  const name = metric.type.charAt(0).toLowerCase() + metric.type.slice(1)
  const source = metric[name as 'resource' | 'containerResource' | 'pods' | 'object' | 'external']
  if (!source) {
    return [required(`${field}.${name}`, `must populate information for the given metric source`)]
  }
  const { target } = source
  if (!target) return [required(`${field}.${name}.target`, 'must specify a metric target')]
  const errors = positive(`${field}.${name}.target.averageUtilization`, target.averageUtilization)
  const isResource = metric.type === 'Resource' || metric.type === 'ContainerResource'
  if (isResource && target.averageUtilization === undefined && target.averageValue === undefined) {
    const rule = 'must set either a target raw value or a target utilization'
    errors.push(required(`${field}.${name}.target.averageUtilization`, rule))
  }
  return errors
}

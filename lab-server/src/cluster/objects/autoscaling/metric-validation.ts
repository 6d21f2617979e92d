// Rules for what an autoscaler goes by.
import type { FieldError } from '../kind-definition.ts'
import { containerResourceNameErrors } from '../pod-spec/resource-validation.ts'
import { canonicalQuantity, quantityOf } from '../quantity.ts'
import type { HorizontalPodAutoscaler } from '../types.ts'
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { dnsLabelProblems, pathSegmentProblems } from '../validation/names.ts'

type Metric = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number]
type Target = NonNullable<Metric['resource']>['target']
type Source = 'object' | 'external' | 'pods' | 'resource' | 'containerResource'

const metricTypes = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']
const sources: Source[] = ['object', 'external', 'pods', 'resource', 'containerResource']
const targetTypes = ['Utilization', 'Value', 'AverageValue']

/** Checks a metric: the source that its type names, and no other. */
export function metricErrors(field: string, metric: Metric): FieldError[] {
  const type = metric.type ?? ''
  const errors = type ? [] : [required(`${field}.type`, 'must specify a metric source type')]
  const isKnown = metricTypes.includes(type)
  if (!isKnown) errors.push(notSupported(`${field}.type`, type, metricTypes))
  const [first, ...more] = sources.filter((source) => metric[source])
  if (first) errors.push(...sourceErrors(`${field}.${first}`, first, metric))
  const expected = type.charAt(0).toLowerCase() + type.slice(1)
  if (isKnown && !metric[expected as Source]) {
    errors.push(required(`${field}.${expected}`, 'must populate information for the given metric source'))
  }
  if (first && more.length === 0) return errors
  const others = [first, ...more].filter((source) => source !== undefined && source !== expected)
  return [
    ...errors,
    ...others.map((other) => forbidden(`${field}.${other}`, 'must populate the given metric source only')),
  ]
}

function sourceErrors(field: string, source: Source, metric: Metric): FieldError[] {
  const { target = { type: '' } } = metric[source] ?? {}
  const at = `${field}.target`
  const own = [...identityErrors(field, source, metric), ...targetErrors(at, target)]
  if (source === 'resource' || source === 'containerResource') return [...own, ...resourceTargetErrors(at, target)]
  const average = `${at}.averageValue`
  if (target.averageValue === undefined && (source === 'pods' || target.value === undefined)) {
    const rules = {
      pods: 'must specify a positive target averageValue',
      object: 'must set either a target value or averageValue',
      external: 'must set either a target value for metric or a per-pod target',
    }
    own.push(required(average, rules[source]))
  }
  if (source === 'external' && target.value !== undefined && target.averageValue !== undefined) {
    own.push(forbidden(`${at}.value`, 'may not set both a target value for metric and a per-pod target'))
  }
  return own
}

function identityErrors(field: string, source: Source, metric: Metric): FieldError[] {
  if (source === 'resource') return nameErrors(`${field}.name`, metric.resource?.name)
  if (source === 'containerResource') {
    const { name, container } = metric.containerResource ?? {}
    const errors = nameErrors(`${field}.name`, name)
    if (name) errors.push(...containerResourceNameErrors(`${field}.name`, name))
    if (!container) return [...errors, required(`${field}.container`, 'must specify a container')]
    return [...errors, ...invalidEach(`${field}.container`, container, dnsLabelProblems(container))]
  }
  const described = source === 'object' ? metric.object?.describedObject : undefined
  const errors = source === 'object' ? referenceErrors(`${field}.describedObject`, described ?? {}) : []
  const name = metric[source]?.metric?.name
  if (!name) return [...errors, required(`${field}.metric.name`, 'must specify a metric name')]
  return [...errors, ...invalidEach(`${field}.metric.name`, name, pathSegmentProblems(name))]
}

function nameErrors(field: string, name: string | undefined): FieldError[] {
  return name ? [] : [required(field, 'must specify a resource name')]
}

/** Checks a reference to an object by kind and name. */
export function referenceErrors(field: string, reference: { kind?: string; name?: string }): FieldError[] {
  return (['kind', 'name'] as const).flatMap((part) => {
    const value = reference[part]
    return value ? invalidEach(`${field}.${part}`, value, pathSegmentProblems(value)) : [required(`${field}.${part}`)]
  })
}

function resourceTargetErrors(field: string, { averageUtilization, averageValue }: Target): FieldError[] {
  if (averageUtilization === undefined && averageValue === undefined) {
    const rule = 'must set either a target raw value or a target utilization'
    return [required(`${field}.averageUtilization`, rule)]
  }
  if (averageUtilization === undefined || averageValue === undefined) return []
  return [forbidden(`${field}.averageValue`, 'may not set both a target raw value and a target utilization')]
}

function targetErrors(field: string, target: Target): FieldError[] {
  const { type, averageUtilization } = target
  const errors = type ? [] : [required(`${field}.type`, 'must specify a metric target type')]
  if (!targetTypes.includes(type)) {
    errors.push(invalid(`${field}.type`, type ?? '', 'must be either Utilization, Value, or AverageValue'))
  }
  for (const name of ['value', 'averageValue'] as const) {
    const amount = target[name]
    if (amount === undefined || quantityOf(amount).nano > 0n) continue
    errors.push(invalid(`${field}.${name}`, canonicalQuantity(amount), 'must be positive'))
  }
  if (averageUtilization === undefined || averageUtilization >= 1) return errors
  return [...errors, invalid(`${field}.averageUtilization`, averageUtilization, 'must be greater than 0')]
}

// Rules for what limits a namespace: quotas and limit ranges.
import type { FieldError } from '../kind-definition.ts'
import { compareQuantities } from '../quantity.ts'
import type { LimitRange, ResourceQuota } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { duplicate, forbidden, immutable, invalid, invalidEach } from '../validation/errors.ts'
import { labelKeyProblems } from '../validation/names.ts'
import { nonNegativeQuantity } from '../validation/numbers.ts'

type Item = NonNullable<LimitRange['spec']>['limits'][number]
type Amounts = Record<string, string> | undefined

const standard = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])
const rules = ['must be a standard resource type or fully qualified', 'must be a standard resource for quota']

/** Rules for a quota. */
export function quotaErrors({ spec }: ResourceQuota): FieldError[] {
  return Object.entries(spec?.hard ?? {}).flatMap(([resource, amount]) => {
    const field = `spec.hard[${resource}]`
    const problems = labelKeyProblems(resource)
    const isKnown = standard.has(resource) || resource.includes('/') || /(^|\.)hugepages-/.test(resource)
    const unknown = problems.length === 0 && !isKnown ? invalidEach(field, resource, rules) : []
    return [...invalidEach(field, resource, problems), ...unknown, ...nonNegativeQuantity(field, amount)]
  })
}

/** The scope of a quota never changes. */
export function quotaChange({ spec }: ResourceQuota, old: ResourceQuota): FieldError[] {
  return semanticallyEqual(spec?.scopes, old.spec?.scopes) ? [] : [immutable('spec.scopes', spec?.scopes)]
}

/** Rules for a limit range. */
export function limitRangeErrors({ spec }: LimitRange): FieldError[] {
  const types = new Set<string>()
  return (spec?.limits ?? []).flatMap((item, i) => {
    const field = `spec.limits[${i}]`
    const isAgain = types.has(item.type)
    types.add(item.type)
    return [...(isAgain ? [duplicate(`${field}.type`, item.type)] : []), ...itemErrors(field, item)]
  })
}

function itemErrors(field: string, item: Item): FieldError[] {
  const errors: FieldError[] = []
  if (item.type === 'Pod') {
    if (item.default) errors.push(forbidden(`${field}.default`, "may not be specified when `type` is 'Pod'"))
    if (item.defaultRequest) {
      errors.push(forbidden(`${field}.defaultRequest`, "may not be specified when `type` is 'Pod'"))
    }
  }
  errors.push(
    ...notAbove(`${field}.min`, ['min', item.min], ['max', item.max]),
    ...notAbove(`${field}.defaultRequest`, ['min', item.min], ['default request', item.defaultRequest]),
    ...notAbove(`${field}.defaultRequest`, ['default request', item.defaultRequest], ['max', item.max]),
    ...notAbove(`${field}.defaultRequest`, ['default request', item.defaultRequest], ['default limit', item.default]),
    ...notAbove(`${field}.default`, ['min', item.min], ['default', item.default]),
    ...notAbove(`${field}.default`, ['default', item.default], ['max', item.max]),
  )
  for (const [resource, ratio] of Object.entries(item.maxLimitRequestRatio ?? {})) {
    if (compareQuantities(ratio, '1') < 0) {
      errors.push(invalid(`${field}.maxLimitRequestRatio[${resource}]`, ratio, `ratio ${ratio} is less than 1`))
    }
  }
  return errors
}

function notAbove(field: string, [lowName, low]: [string, Amounts], [highName, high]: [string, Amounts]): FieldError[] {
  return Object.entries(low ?? {}).flatMap(([resource, least]) => {
    const most = high && Object.hasOwn(high, resource) ? high[resource] : undefined
    if (most === undefined || compareQuantities(least, most) <= 0) return []
    const value = field.endsWith('.default') && lowName === 'min' ? most : least
    return [
      invalid(`${field}[${resource}]`, value, `${lowName} value ${least} is greater than ${highName} value ${most}`),
    ]
  })
}

// Rules for what objects of a namespace may ask for at least and at most.
import type { FieldError } from '../kind-definition.ts'
import { containerResourceNameErrors, resourceNameErrors } from '../pod-spec/resource-validation.ts'
import { canonicalQuantity, compareQuantities, quantityOf } from '../quantity.ts'
import type { LimitRange } from '../types.ts'
import { duplicate, forbidden, invalid, invalidEach, required } from '../validation/errors.ts'
import { labelKeyProblems } from '../validation/names.ts'

type Item = NonNullable<LimitRange['spec']>['limits'][number]
type Amounts = Record<string, string> | undefined

const limitTypes = ['Container', 'PersistentVolumeClaim', 'Pod']

/** Rules for a limit range. */
export function limitRangeErrors({ spec }: LimitRange): FieldError[] {
  const types = new Set<string>()
  return (spec?.limits ?? []).flatMap((item, i) => {
    const { type = '' } = item
    const field = `spec.limits[${i}]`
    const errors = typeErrors(`${field}.type`, type)
    if (types.has(type)) errors.push(duplicate(`${field}.type`, type))
    types.add(type)
    return [...errors, ...nameErrors(field, item), ...itemErrors(field, item)]
  })
}

function typeErrors(field: string, type: string): FieldError[] {
  const problems = labelKeyProblems(type)
  if (problems.length > 0) return invalidEach(field, type, problems)
  if (type.includes('/') || limitTypes.includes(type)) return []
  return [invalid(field, type, 'must be a standard limit type or fully qualified')]
}

/** Pods and containers are limited in what containers have, others in anything that has a name. */
function nameErrors(field: string, { type, max, min, default: most, defaultRequest, maxLimitRequestRatio }: Item) {
  const isOfPods = type === 'Pod' || type === 'Container'
  const check = isOfPods ? containerResourceNameErrors : resourceNameErrors
  const defaults = type === 'Pod' ? {} : { default: most, defaultRequest }
  return Object.entries({ max, min, ...defaults, maxLimitRequestRatio }).flatMap(([part, amounts]) =>
    Object.keys(amounts ?? {}).flatMap((name) => check(`${field}.${part}[${name}]`, name)),
  )
}

function itemErrors(field: string, item: Item): FieldError[] {
  const errors: FieldError[] = []
  if (item.type === 'Pod') {
    if (item.default) errors.push(forbidden(`${field}.default`, "may not be specified when `type` is 'Pod'"))
    if (item.defaultRequest) {
      errors.push(forbidden(`${field}.defaultRequest`, "may not be specified when `type` is 'Pod'"))
    }
  }
  if (item.type === 'PersistentVolumeClaim' && !item.min?.storage && !item.max?.storage) {
    const rule = 'either minimum or maximum storage value is required, but neither was provided'
    errors.push(required(`${field}.limits`, rule))
  }
  errors.push(
    ...notAbove(`${field}.min`, ['min', item.min], ['max', item.max]),
    ...notAbove(`${field}.defaultRequest`, ['min', item.min], ['default request', item.defaultRequest], 'high'),
    ...notAbove(`${field}.defaultRequest`, ['default request', item.defaultRequest], ['max', item.max]),
    ...notAbove(`${field}.defaultRequest`, ['default request', item.defaultRequest], ['default limit', item.default]),
    ...notAbove(`${field}.default`, ['min', item.min], ['default', item.default], 'low'),
    ...notAbove(`${field}.default`, ['default', item.default], ['max', item.max], 'high'),
  )
  for (const [resource, ratio] of Object.entries(item.maxLimitRequestRatio ?? {})) {
    if (compareQuantities(ratio, '1') < 0) {
      errors.push(invalid(`${field}.maxLimitRequestRatio[${resource}]`, ratio, `ratio ${ratio} is less than 1`))
    }
    const [least, most] = [quantityOf(item.min?.[resource]).nano, quantityOf(item.max?.[resource]).nano]
    const limit = Number(most) / Number(least)
    if (least > 0n && most > 0n && Number(quantityOf(ratio).nano) / 1e9 > limit) {
      const rule = `ratio ${ratio} is greater than max/min = ${limit.toFixed(6)}`
      errors.push(invalid(`${field}.maxLimitRequestRatio[${resource}]`, ratio, rule))
    }
  }
  return errors
}

/** Which of the two amounts is shown is upstream's choice, and differs. */
function notAbove(
  field: string,
  [lowName, low]: [string, Amounts],
  [highName, high]: [string, Amounts],
  shown: 'low' | 'high' = 'low',
): FieldError[] {
  return Object.entries(low ?? {}).flatMap(([resource, given]) => {
    const limit = high && Object.hasOwn(high, resource) ? high[resource] : undefined
    if (limit === undefined || compareQuantities(given, limit) <= 0) return []
    const [least, most] = [canonicalQuantity(given), canonicalQuantity(limit)]
    const rule = `${lowName} value ${least} is greater than ${highName} value ${most}`
    return [invalid(`${field}[${resource}]`, shown === 'low' ? least : most, rule)]
  })
}

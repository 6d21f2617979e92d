// Rules for priority classes.
import type { FieldError } from '../kind-definition.ts'
import type { PriorityClass } from '../types.ts'
import { forbidden, invalid } from '../validation/errors.ts'

const highest = 1_000_000_000
const systemValues: Record<string, number> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}

/** Rules for a priority class: the system's own names and values are taken. */
export function priorityClassErrors({ metadata, value = 0, preemptionPolicy }: PriorityClass): FieldError[] {
  const { name = '' } = metadata
  const errors: FieldError[] = []
  if (name.startsWith('system-')) {
    if (systemValues[name] !== value) {
      const rule = "priority class names with 'system-' prefix are reserved for system use only"
      errors.push(forbidden('metadata.name', `${rule}. error: ${name} is not a known system priority class`))
    }
  } else if (value > highest) {
    errors.push(forbidden('value', `maximum allowed value of a user defined priority is ${highest}`))
  }
  if (preemptionPolicy && preemptionPolicy !== 'Never' && preemptionPolicy !== 'PreemptLowerPriority') {
    errors.push(invalid('preemptionPolicy', preemptionPolicy, 'must be one of: PreemptLowerPriority, Never'))
  }
  return errors
}

/** What of a priority class never changes. */
export function priorityClassChange(priorityClass: PriorityClass, old: PriorityClass): FieldError[] {
  const errors: FieldError[] = []
  if (priorityClass.value !== old.value) errors.push(forbidden('value', 'may not be changed in an update.'))
  if (priorityClass.preemptionPolicy !== old.preemptionPolicy) {
    errors.push(invalid('preemptionPolicy', priorityClass.preemptionPolicy, 'field is immutable'))
  }
  return errors
}

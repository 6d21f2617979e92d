// Rules for the resources that containers ask for.
import type { FieldError } from '../kind-definition.ts'
import { compareQuantities } from '../quantity.ts'
import type { ResourceRequirements } from '../types.ts'
import { invalid, invalidEach } from '../validation/errors.ts'
import { labelKeyProblems } from '../validation/names.ts'
import { nonNegativeQuantity } from '../validation/numbers.ts'

const native = ['cpu', 'memory', 'ephemeral-storage']

/** Checks requests and limits, and that no request is above its limit. */
export function resourceErrors(field: string, resources: ResourceRequirements | undefined): FieldError[] {
  const { limits = {}, requests = {} } = resources ?? {}
  const errors: FieldError[] = []
  for (const [name, amount] of Object.entries(limits)) {
    errors.push(...nameErrors(`${field}.limits`, name), ...nonNegativeQuantity(`${field}.limits[${name}]`, amount))
  }
  for (const [name, amount] of Object.entries(requests)) {
    errors.push(...nameErrors(`${field}.requests`, name), ...nonNegativeQuantity(`${field}.requests[${name}]`, amount))
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined
    if (limit !== undefined && compareQuantities(amount, limit) > 0) {
      errors.push(invalid(`${field}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`))
    }
  }
  return errors
}

function nameErrors(field: string, name: string): FieldError[] {
  if (native.includes(name) || name.startsWith('hugepages-')) return []
  const problems = labelKeyProblems(name)
  if (problems.length > 0) return invalidEach(field, name, problems)
  if (name.includes('/')) return []
  return [
    invalid(field, name, 'must be a standard resource type or fully qualified'),
    invalid(field, name, 'must be a standard resource for containers'),
  ]
}

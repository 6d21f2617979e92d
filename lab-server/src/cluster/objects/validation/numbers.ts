// Rules for numbers, percentages and amounts.
import { percentOf } from '../int-or-string.ts'
import type { FieldError } from '../kind-definition.ts'
import { quantityOf } from '../quantity.ts'
import { invalid } from './errors.ts'
import { portNameProblems } from './names.ts'

/** A number of zero or more, if it is there. */
export function nonNegative(field: string, value: number | null | undefined): FieldError[] {
  const isFine = value === undefined || value === null || value >= 0
  return isFine ? [] : [invalid(field, value, 'must be greater than or equal to 0')]
}

/** A number above zero, if it is there. */
export function positive(field: string, value: number | null | undefined): FieldError[] {
  const isFine = value === undefined || value === null || value > 0
  return isFine ? [] : [invalid(field, value, 'must be greater than 0')]
}

/** A port number. */
export function portNumber(field: string, value: number | undefined): FieldError[] {
  const isPort = value !== undefined && value >= 1 && value <= 65535
  return isPort ? [] : [invalid(field, value ?? 0, 'must be between 1 and 65535, inclusive')]
}

/** A port by number or name. */
export function portNumberOrName(field: string, value: number | string | undefined): FieldError[] {
  if (typeof value !== 'string') return portNumber(field, value)
  return portNameProblems(value).map((problem) => invalid(field, value, problem))
}

/** A number of zero or more, or a percentage. */
export function countOrPercent(field: string, value: number | string | undefined): FieldError[] {
  if (typeof value !== 'string') return nonNegative(field, value)
  if (percentOf(value) !== undefined) return []
  const rule =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
  return [invalid(field, value, rule)]
}

/** A percentage of at most a hundred. */
export function atMostHundredPercent(field: string, value: number | string | undefined): FieldError[] {
  const percent = percentOf(value)
  return percent !== undefined && percent > 100 ? [invalid(field, value, 'must not be greater than 100%')] : []
}

/** An amount of zero or more. */
export function nonNegativeQuantity(field: string, value: string): FieldError[] {
  return quantityOf(value).nano < 0n ? [invalid(field, value, 'must be greater than or equal to 0')] : []
}

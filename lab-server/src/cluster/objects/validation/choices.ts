// Fields that take one of a few words.
import type { FieldError } from '../kind-definition.ts'
import { notSupported, required } from './errors.ts'

/** A word that has to be there; `detail` is what is said of its absence. */
export function requiredChoice(
  field: string,
  value: string | undefined,
  known: readonly string[],
  detail = '',
): FieldError[] {
  return value ? optionalChoice(field, value, known) : [required(field, detail)]
}

/** A word that may be left out. */
export function optionalChoice(field: string, value: string | undefined, known: readonly string[]): FieldError[] {
  return value === undefined || known.includes(value) ? [] : [notSupported(field, value, [...known])]
}

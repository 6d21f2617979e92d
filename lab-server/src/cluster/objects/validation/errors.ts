// Builds field errors in upstream's words. The path comes first, as in the message that people read.
import type { FieldError } from '../kind-definition.ts'

/** A field that must be there and is not. */
export function required(field: string, detail = ''): FieldError {
  return { field, type: 'FieldValueRequired', message: withDetail('Required value', detail) }
}

/** A value that breaks a rule. */
export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { field, type: 'FieldValueInvalid', message: withDetail(`Invalid value: ${shown(value)}`, detail) }
}

/** Every problem with a value as an error of its own. */
export function invalidEach(field: string, value: unknown, problems: string[]): FieldError[] {
  return problems.map((problem) => invalid(field, value, problem))
}

/** A value that is not one of those known. */
export function notSupported(field: string, value: unknown, supported: string[]): FieldError {
  const known = supported.map((each) => JSON.stringify(each)).join(', ')
  return {
    field,
    type: 'FieldValueNotSupported',
    message: `Unsupported value: ${shown(value)}: supported values: ${known}`,
  }
}

/** A value that may occur once and occurs again. */
export function duplicate(field: string, value: unknown): FieldError {
  return { field, type: 'FieldValueDuplicate', message: `Duplicate value: ${shown(value)}` }
}

/** A value that may not be set here. */
export function forbidden(field: string, detail: string): FieldError {
  return { field, type: 'FieldValueForbidden', message: withDetail('Forbidden', detail) }
}

/** A value that refers to something that is not there. */
export function notFound(field: string, value: unknown): FieldError {
  return { field, type: 'FieldValueNotFound', message: `Not found: ${shown(value)}` }
}

/** Text with too many bytes. */
export function tooLong(field: string, maxBytes: number): FieldError {
  return { field, type: 'FieldValueTooLong', message: `Too long: may not be more than ${maxBytes} bytes` }
}

/** A list with too many items. */
export function tooMany(field: string, count: number, most: number): FieldError {
  const rule = `must have at most ${most} ${most === 1 ? 'item' : 'items'}`
  return { field, type: 'FieldValueTooMany', message: `Too many: ${count}: ${rule}` }
}

/** Something that breaks a rule and is not shown. */
export function invalidOmitted(field: string, detail: string): FieldError {
  return { field, type: 'FieldValueInvalid', message: withDetail('Invalid value', detail) }
}

/** A value that may never change, did. */
export function immutable(field: string, value: unknown): FieldError {
  return invalid(field, value, 'field is immutable')
}

function withDetail(reason: string, detail: string): string {
  return detail === '' ? reason : `${reason}: ${detail}`
}

function shown(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value)
}

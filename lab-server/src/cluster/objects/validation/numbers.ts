// Rules for numbers, percentages, amounts and addresses.
import { isIP } from 'node:net'
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
  return isFine ? [] : [invalid(field, value, 'must be greater than zero')]
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

/** An address of a machine. */
export function address(field: string, value: string): FieldError[] {
  if (isIP(value) !== 0) return []
  return [invalid(field, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
}

/** A range of addresses. */
export function addressRange(field: string, value: string): FieldError[] {
  const [start = '', bits = '', ...rest] = value.split('/')
  const family = isIP(start)
  const isRange = family !== 0 && rest.length === 0 && /^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
  return isRange ? [] : [invalid(field, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
}

/** A range of addresses that is written as one: nothing is set beyond its prefix. */
export function strictAddressRange(field: string, value: string): FieldError[] {
  const errors = addressRange(field, value)
  const [start = '', bits = ''] = value.split('/')
  if (errors.length > 0) return errors
  if (/^0\d/.test(bits)) return [invalid(field, value, 'must not have leading 0s in IP or prefix length')]
  const last = (addressBits(start) & ((1n << BigInt((isIP(start) === 4 ? 32 : 128) - Number(bits))) - 1n)) !== 0n
  return last ? [invalid(field, value, 'must not have bits set beyond the prefix length')] : []
}

function addressBits(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  const [head = '', tail] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [first, last] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...zeros, ...last].reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n)
}

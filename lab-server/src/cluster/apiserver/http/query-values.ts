// Values of a query as Go's conversions read them.
import { badRequest } from '../errors.ts'

/** A boolean: present without a value is true, and so is everything but `0` and `false`. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && value !== '0' && value.toLowerCase() !== 'false'
}

const mostInt64 = 2n ** 63n - 1n

/** A whole number; undefined when there is none. Throws 400 in Go's words for anything else. */
export function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^[+-]?\d+$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  }
  const isTooLong = text.replace(/^[+-]?0*/, '').length > 19
  if (isTooLong || BigInt(text.replace('+', '')) > mostInt64 || BigInt(text.replace('+', '')) < -mostInt64 - 1n) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`)
  }
  return Number(text)
}

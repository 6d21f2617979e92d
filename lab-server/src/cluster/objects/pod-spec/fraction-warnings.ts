import { canonicalQuantity, quantityOf } from '../quantity.ts'

/** Warns of a part of a byte: who writes `128m` meant `128M`. */
export function fractionWarnings(field: string, amount: string | undefined): string[] {
  if (amount === undefined || quantityOf(amount).nano % 1_000_000_000n === 0n) return []
  return [`${field}: fractional byte value ${JSON.stringify(canonicalQuantity(amount))} is invalid, must be an integer`]
}

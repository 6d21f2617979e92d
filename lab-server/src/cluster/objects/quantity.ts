// Amounts of CPU, memory and storage: `100m`, `1.5Gi`, `2e3`. Exact: held in billionths, as upstream does.

const nano = 1_000_000_000n
const decimalExponents: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const binaryExponents: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }

/** How a quantity was written, and is written again. */
type Form = 'decimal' | 'binary' | 'exponent'

/** An amount. Compare and add with the functions of this file. */
export interface Quantity {
  /** The amount in billionths. */
  nano: bigint
  form: Form
}

/** A quantity that cannot be read; the message is upstream's. */
export class QuantityError extends Error {}

/** Reads a quantity, or throws a `QuantityError`. Anything finer than a billionth is rounded up. */
export function parseQuantity(value: string | number): Quantity {
  const text = String(value)
  const [, sign = '', whole = '', fraction = '', suffix = ''] =
    /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text) ?? []
  if (whole === '' && fraction === '') {
    throw new QuantityError(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )
  }
  const { base, power, form } = readSuffix(suffix)
  const digits = BigInt(whole + fraction)
  const scaled = scale(digits * nano, base, power, fraction.length)
  return { nano: sign === '-' ? -scaled : scaled, form }
}

/** The quantity, or zero where there is none. */
export function quantityOf(value: string | number | null | undefined): Quantity {
  return value === undefined || value === null ? { nano: 0n, form: 'decimal' } : parseQuantity(value)
}

/** True when the text is a quantity. */
export function isQuantity(value: string | number): boolean {
  try {
    parseQuantity(value)
    return true
  } catch {
    return false
  }
}

/** Writes a quantity in its canonical form: no fraction, the largest suffix that loses nothing. */
export function formatQuantity({ nano: amount, form }: Quantity): string {
  if (amount === 0n) return '0'
  const magnitude = amount < 0n ? -amount : amount
  const sign = amount < 0n ? '-' : ''
  // A binary form of less than one Ki, or with a fraction, is written in decimal.
  if (form === 'binary' && magnitude >= 1024n * nano && magnitude % nano === 0n) {
    return sign + withSuffix(magnitude / nano, 2n, binaryExponents, '')
  }
  if (form === 'exponent') return sign + withExponent(magnitude)
  const suffixes = Object.fromEntries(Object.entries(decimalExponents).map(([suffix, power]) => [suffix, power + 9]))
  return sign + withSuffix(magnitude, 10n, suffixes, 'n')
}

/** Rewrites a quantity in canonical form: `1000m` is `1`, `1024Mi` is `1Gi`. */
export function canonicalQuantity(value: string | number): string {
  return formatQuantity(parseQuantity(value))
}

/** Less than, equal to, or greater than zero as `a` is to `b`. */
export function compareQuantities(
  a: string | number | null | undefined,
  b: string | number | null | undefined,
): number {
  const difference = quantityOf(a).nano - quantityOf(b).nano
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The sum, written as the first amount that is not zero is. */
export function addQuantities(...values: (string | number | null | undefined)[]): string {
  const parsed = values.map(quantityOf)
  const form = parsed.find((quantity) => quantity.nano !== 0n)?.form ?? parsed[0]?.form ?? 'decimal'
  return formatQuantity({ nano: parsed.reduce((sum, quantity) => sum + quantity.nano, 0n), form })
}

/** `a` less `b`, written as `a` is. */
export function subtractQuantities(
  a: string | number | null | undefined,
  b: string | number | null | undefined,
): string {
  const from = quantityOf(a)
  return formatQuantity({ nano: from.nano - quantityOf(b).nano, form: from.form })
}

/** The amount as a whole number, rounded up: bytes of memory, pods. */
export function quantityToInteger(value: string | number | null | undefined): number {
  return Number(ceilDivide(quantityOf(value).nano, nano))
}

/** The amount in thousandths, rounded up: the usual unit of CPU. */
export function quantityToMilli(value: string | number | null | undefined): number {
  return Number(ceilDivide(quantityOf(value).nano, 1_000_000n))
}

function readSuffix(suffix: string): { base: bigint; power: number; form: Form } {
  const exponent = /^[eE]([-+]?\d+)$/.exec(suffix)
  if (exponent) return { base: 10n, power: Number(exponent[1]), form: 'exponent' }
  const binary = binaryExponents[suffix]
  if (binary !== undefined) return { base: 2n, power: binary, form: 'binary' }
  const decimal = decimalExponents[suffix]
  if (decimal === undefined) throw new QuantityError("unable to parse quantity's suffix")
  return { base: 10n, power: decimal, form: 'decimal' }
}

function scale(amount: bigint, base: bigint, power: number, fractionDigits: number): bigint {
  // A power that no quantity can reach is cut: the largest amount is 2^63-1.
  const limited = Math.max(-60, Math.min(power, 60))
  const multiplied = limited >= 0 ? amount * base ** BigInt(limited) : amount
  const divisor = 10n ** BigInt(fractionDigits) * (limited < 0 ? base ** BigInt(-limited) : 1n)
  const scaled = ceilDivide(multiplied, divisor)
  const largest = (2n ** 63n - 1n) * nano
  return scaled > largest ? largest : scaled
}

function ceilDivide(amount: bigint, divisor: bigint): bigint {
  const quotient = amount / divisor
  return amount > 0n && amount % divisor !== 0n ? quotient + 1n : quotient
}

function withSuffix(amount: bigint, base: bigint, powers: Record<string, number>, smallest: string): string {
  let best = `${amount}${smallest}`
  for (const [suffix, power] of Object.entries(powers)) {
    const unit = base ** BigInt(power)
    if (amount % unit === 0n) best = `${amount / unit}${suffix}`
  }
  return best
}

function withExponent(amount: bigint): string {
  let power = -9
  let rest = amount
  while (rest % 1000n === 0n) {
    rest /= 1000n
    power += 3
  }
  return power === 0 ? String(rest) : `${rest}e${power}`
}

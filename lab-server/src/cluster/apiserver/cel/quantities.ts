// Kubernetes' additions for amounts: `quantity('1Gi').isLessThan(quantity('2Gi'))`.
import type { Environment } from '@marcbachmann/cel-js'
import {
  addQuantities,
  compareQuantities,
  isQuantity,
  parseQuantity,
  subtractQuantities,
} from '../../objects/quantity.ts'

/** An amount as people write it. */
class Quantity {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const nano = 1_000_000_000n

function nanoOf({ text }: Quantity): bigint {
  return parseQuantity(text).nano
}

/** Adds amounts. */
export function registerQuantities(environment: Environment): void {
  const compare = (a: Quantity, b: Quantity) => compareQuantities(a.text, b.text)
  const other = (value: Quantity | bigint) => (typeof value === 'bigint' ? String(value) : value.text)
  const add = (a: Quantity, b: Quantity | bigint) => new Quantity(addQuantities(a.text, other(b)))
  const subtract = (a: Quantity, b: Quantity | bigint) => new Quantity(subtractQuantities(a.text, other(b)))
  environment
    .registerType('kubernetes.Quantity', Quantity)
    .registerOperator('kubernetes.Quantity == kubernetes.Quantity', (a: Quantity, b: Quantity) => compare(a, b) === 0)
    .registerFunction('isQuantity(string): bool', (text: string) => isQuantity(text))
    .registerFunction('quantity(string): kubernetes.Quantity', (text: string) => {
      if (!isQuantity(text)) {
        throw new Error("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
      }
      return new Quantity(text)
    })
    .registerFunction(
      'kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool',
      (a: Quantity, b: Quantity) => compare(a, b) < 0,
    )
    .registerFunction(
      'kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool',
      (a: Quantity, b: Quantity) => compare(a, b) > 0,
    )
    .registerFunction('kubernetes.Quantity.compareTo(kubernetes.Quantity): int', (a: Quantity, b: Quantity) =>
      BigInt(Math.sign(compare(a, b))),
    )
    .registerFunction('kubernetes.Quantity.sign(): int', (amount: Quantity) =>
      BigInt(Math.sign(Number(nanoOf(amount)))),
    )
    .registerFunction('kubernetes.Quantity.isInteger(): bool', (amount: Quantity) => nanoOf(amount) % nano === 0n)
    .registerFunction('kubernetes.Quantity.asInteger(): int', (amount: Quantity) => {
      if (nanoOf(amount) % nano !== 0n) throw new Error('cannot convert value to integer')
      return nanoOf(amount) / nano
    })
    .registerFunction(
      'kubernetes.Quantity.asApproximateFloat(): double',
      (amount: Quantity) => Number(nanoOf(amount)) / Number(nano),
    )
    .registerFunction('kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity', add)
    .registerFunction('kubernetes.Quantity.add(int): kubernetes.Quantity', add)
    .registerFunction('kubernetes.Quantity.sub(kubernetes.Quantity): kubernetes.Quantity', subtract)
    .registerFunction('kubernetes.Quantity.sub(int): kubernetes.Quantity', subtract)
}

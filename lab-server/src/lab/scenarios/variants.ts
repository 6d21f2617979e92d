// Variants of a scenario: the same lesson with another key, port or label. The attempt's seed picks one.
import type { Scenario } from './scenario.ts'

/** The values of one variant, by their name in `{{name}}`. */
export type VariantValues = Record<string, string | number | boolean>

/** A seed for an attempt that does not ask for one. */
export function newSeed(): number {
  return Math.floor(Math.random() * 2147483647)
}

/** The variant that the seed picks: the same seed, the same variant. */
export function variantOf(scenario: Scenario, seed: number): Scenario {
  const values = variantValues(scenario, seed)
  return Object.keys(values).length === 0 ? scenario : (filled(scenario, values) as Scenario)
}

/** The values of that variant; none where a scenario has no variants. */
export function variantValues({ variants = [] }: Pick<Scenario, 'variants'>, seed: number): VariantValues {
  return variants[seed % variants.length] ?? {}
}

const placeholder = /\{\{([A-Za-z][A-Za-z0-9]*)\}\}/g

/** A copy with the values in place, in keys too. A text that is one placeholder becomes the value, with its type. */
export function filled(value: unknown, values: VariantValues): unknown {
  if (typeof value === 'string') return filledText(value, values)
  if (Array.isArray(value)) return value.map((item) => filled(item, values))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [String(filledText(key, values)), filled(item, values)]),
  )
}

function filledText(text: string, values: VariantValues): string | number | boolean {
  const [only] = text.matchAll(placeholder)
  if (only?.[0] === text) return values[only[1] ?? ''] ?? text
  return fillText(text, values)
}

/** A text (a script, a page) with the values in place. */
export function fillText(text: string, values: VariantValues): string {
  return text.replaceAll(placeholder, (whole, name) => String(values[name] ?? whole))
}

/** Placeholders that nothing fills. */
export function unfilled(value: unknown): string[] {
  return [...new Set([...JSON.stringify(value ?? '').matchAll(placeholder)].map(([whole]) => whole))]
}

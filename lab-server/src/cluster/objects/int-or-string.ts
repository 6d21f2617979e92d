// Values that are a number or a percentage: `maxSurge: 25%`, `minAvailable: 1`.

/** What a number or percentage means of a total. Percentages round as asked; text that is neither counts as 0. */
export function scaledValue(value: number | string | null | undefined, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value
  const percent = percentOf(value)
  if (percent === undefined) return 0
  const share = (percent * total) / 100
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share)
}

/** The number before the percent sign, or undefined when the value is no percentage. */
export function percentOf(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d+%$/.test(value) ? Number(value.slice(0, -1)) : undefined
}

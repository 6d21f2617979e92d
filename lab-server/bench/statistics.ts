// Percentiles of samples. Pure.

/** The p-th percentile (0 to 100) by nearest rank; NaN without samples. */
export function percentile(samples: number[], p: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN
}

/** `p50 12.3  p99 45.6  n=100` in the given unit. */
export function describeSamples(samples: number[], unit: string): string {
  const figure = (p: number) => percentile(samples, p).toFixed(1)
  return `p50 ${figure(50)} ${unit}  p95 ${figure(95)} ${unit}  p99 ${figure(99)} ${unit}  n=${samples.length}`
}

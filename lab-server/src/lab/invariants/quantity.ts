const factors: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** The number that a Kubernetes quantity means: `500m` is 0.5, `1Ki` is 1024; undefined when it is none. */
export function parseQuantity(quantity: string | number | undefined): number | undefined {
  const match = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(quantity ?? ''))
  if (!match) return undefined
  const [, digits, suffix = ''] = match
  const factor = suffix === '' ? 1 : factors[suffix]
  const value = Number(digits)
  return factor === undefined || Number.isNaN(value) ? undefined : value * factor
}

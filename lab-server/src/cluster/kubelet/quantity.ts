// Kubernetes quantities as numbers: enough for limits, requests and resourceFieldRef.

const suffixes: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
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

/** The value of a quantity such as `500m`, `12Mi` or `1e3`; NaN for text that is none. */
export function quantityValue(text: string | number | undefined): number {
  if (text === undefined) return Number.NaN
  const match = /^([+-]?[0-9.]+)(?:([eE][+-]?[0-9]+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(String(text))
  if (!match) return Number.NaN
  const [, digits, exponent, suffix] = match
  return Number(`${digits}${exponent ?? ''}`) * (suffixes[suffix ?? ''] ?? Number.NaN)
}

/** `value` as a quantity of CPU in millicores: `1500m`, `2`. */
export function formatCpu(cores: number): string {
  const milli = Math.round(cores * 1000)
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`
}

/** `value` bytes with the largest binary suffix that divides it. */
export function formatBytes(bytes: number): string {
  for (const suffix of ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki']) {
    const unit = suffixes[suffix] ?? 1
    if (bytes >= unit && bytes % unit === 0) return `${bytes / unit}${suffix}`
  }
  return String(bytes)
}

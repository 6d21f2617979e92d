const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Says how long something took or how old it is, as kubectl does: `27s`, `5m30s`, `3h`, `2d4h`, `1y20d`. */
export function humanDuration(durationMs: number): string {
  const seconds = Math.trunc(durationMs / second)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.trunc(durationMs / minute)
  if (minutes < 10) return withRest(`${minutes}m`, seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(durationMs / hour)
  if (hours < 8) return withRest(`${hours}h`, minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (hours < 24 * 8) return withRest(`${days}d`, hours % 24, 'h')
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.trunc(days / 365)
  if (hours < 24 * 365 * 8) return withRest(`${years}y`, days % 365, 'd')
  return `${years}y`
}

function withRest(whole: string, rest: number, unit: string): string {
  return rest === 0 ? whole : `${whole}${rest}${unit}`
}

/** How long ago a timestamp of an object was; `<unknown>` when the object has none. */
export function age(timestamp: string | null | undefined, nowMs: number): string {
  const thenMs = timestamp ? Date.parse(timestamp) : Number.NaN
  return Number.isNaN(thenMs) ? '<unknown>' : humanDuration(nowMs - thenMs)
}

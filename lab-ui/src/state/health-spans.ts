// Health samples as spans of time. Pure.
import type { Report } from '@taskmaster-lab/server/contract'

export interface HealthSpan {
  healthy: boolean
  seconds: number
}

/** Joins samples of the same health between `from` and `to`; without an end, the last sample is it. */
export function healthSpans(health: Report['health'], from: string | null, to: string | null): HealthSpan[] {
  const start = from ? Date.parse(from) : Number.NEGATIVE_INFINITY
  const last = health.at(-1)
  const end = to ? Date.parse(to) : last ? Date.parse(last.at) : 0
  const spans: HealthSpan[] = []
  health.forEach((sample, index) => {
    const begins = Math.max(start, Date.parse(sample.at))
    const next = health[index + 1]
    const seconds = (Math.min(end, next ? Date.parse(next.at) : end) - begins) / 1000
    if (!(seconds > 0)) return
    const previous = spans.at(-1)
    if (previous?.healthy === sample.healthy) previous.seconds += seconds
    else spans.push({ healthy: sample.healthy, seconds })
  })
  return spans
}

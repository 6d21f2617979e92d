// The newer way to report, through events.k8s.io, which the scheduler uses: an Event has the time at which it happened,
// and its repeats are a series.

/** One kind of Event about one state of an object. */
export interface Observed {
  name: string
  count: number
  /** When it was last seen, and when that was last written. */
  seenMs: number
  writtenMs: number
}

/** What is to be written about one more Event, and what to remember of it. */
export type SeriesStep =
  | { write: 'event' }
  | { write: 'series'; observed: Observed }
  | { write: 'nothing'; observed: Observed }

// Upstream's: a series ends when nothing was seen for six minutes, and is brought up to date every half hour.
const endsAfterMs = 6 * 60_000
const refreshedAfterMs = 30 * 60_000

/** Decides what one more Event at `nowMs` is: a first one, the first repeat, or one of many. */
export function nextInSeries(known: Observed | undefined, nowMs: number): SeriesStep {
  if (known === undefined || nowMs - known.seenMs > endsAfterMs) return { write: 'event' }
  const observed = { ...known, count: known.count + 1, seenMs: nowMs }
  const isDue = known.count === 1 || nowMs - known.writtenMs >= refreshedAfterMs
  return isDue ? { write: 'series', observed: { ...observed, writtenMs: nowMs } } : { write: 'nothing', observed }
}

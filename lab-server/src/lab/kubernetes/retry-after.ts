// When an API server that is too busy wants to be asked again.

/** Longer waits are for people to decide. */
const longestWaitMs = 30_000

/** The wait that a `Retry-After` header asks for: seconds or a date; undefined when there is none. */
export function retryAfterMs(header: string | undefined, nowMs: number = Date.now()): number | undefined {
  if (header === undefined || header.trim() === '') return undefined
  const seconds = Number(header)
  const wait = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1000
  return Number.isFinite(wait) ? Math.min(longestWaitMs, Math.max(0, wait)) : undefined
}

/** What to wait before the same request may be sent again, with some jitter; undefined when it may not. */
export function retryDelayMs(
  answer: { status: number; retryAfter: string | undefined },
  tries: number,
  random: () => number = Math.random,
): number | undefined {
  // "Too many requests" was not begun. A 503 may have been, unless it names a time.
  if (tries >= mostTries || (answer.status !== 429 && answer.status !== 503)) return undefined
  const asked = retryAfterMs(answer.retryAfter)
  if (asked === undefined && answer.status === 503) return undefined
  const least = asked ?? 500 * 2 ** tries
  return Math.round(least * (1 + random() / 4))
}

const mostTries = 5

// The only source of time under cluster/. Tests run on a virtual clock; a lab may run faster than life.

/** A pending timer; `cancel` is idempotent. */
export interface Timer {
  cancel(): void
}

/** Tells and passes time. Everything under `cluster/` takes one and never calls `Date.now` or `setTimeout`. */
export interface Clock {
  /** Milliseconds since the Unix epoch, in cluster time. */
  now(): number
  /** Runs `callback` once after `delayMs` of cluster time. */
  after(delayMs: number, callback: () => void): Timer
  /** Milliseconds of wall time that `clusterMs` of cluster time take; for timeouts on real sockets. */
  toWallMs(clusterMs: number): number
}

/** Real time, from `start` on `speed` times as fast. At speed 1, `now()` is the machine's own clock. */
export function makeClock(speed = 1, start = Date.now()): Clock {
  return {
    now: () => (speed === 1 ? Date.now() : start + (Date.now() - start) * speed),
    after(delayMs, callback) {
      // setTimeout fires at once for delays beyond 2^31-1 ms, about 24 days.
      const handle = setTimeout(callback, Math.min(Math.max(0, delayMs / speed), 0x7fffffff))
      return { cancel: () => clearTimeout(handle) }
    },
    toWallMs: (clusterMs) => clusterMs / speed,
  }
}

/** Resolves after `delayMs` of the clock's time. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayMs, resolve))
}

/** Formats an instant as Kubernetes' `metav1.Time`: RFC 3339, UTC, whole seconds. */
export function formatTime(epochMs: number): string {
  return `${new Date(Math.floor(epochMs / 1000) * 1000).toISOString().slice(0, 19)}Z`
}

/** Formats an instant as Kubernetes' `metav1.MicroTime`: RFC 3339, UTC, six decimals. */
export function formatMicroTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z')
}

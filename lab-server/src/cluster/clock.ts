// The only source of time under cluster/. Tests run on a virtual clock; a lab may run faster than life.

/** A pending timer; `cancel` is idempotent. */
export interface Timer {
  cancel(): void
}

/** Tells and passes time. Everything under `cluster/` takes one and never calls `Date.now` or `setTimeout`. */
export interface Clock {
  /** Milliseconds since the Unix epoch, in cluster time; what is finer stands behind the point. */
  now(): number
  /** Runs `callback` once after `delayMs` of cluster time. */
  after(delayMs: number, callback: () => void): Timer
  /** Milliseconds of wall time that `clusterMs` of cluster time take; for timeouts on real sockets. */
  toWallMs(clusterMs: number): number
}

/** Real time, from `start` on `speed` times as fast. At speed 1, `now()` is the machine's own clock. */
export function makeClock(speed = 1, start = Date.now()): Clock {
  const machineNow = makeFineClock()
  return {
    now: () => (speed === 1 ? machineNow() : start + (machineNow() - start) * speed),
    after(delayMs, callback) {
      // setTimeout fires at once for delays beyond 2^31-1 ms, about 24 days.
      const handle = setTimeout(callback, Math.min(Math.max(0, delayMs / speed), 0x7fffffff))
      return { cancel: () => clearTimeout(handle) }
    },
    toWallMs: (clusterMs) => clusterMs / speed,
  }
}

/** The machine's clock, which tells whole milliseconds, with microseconds from the one that nobody sets. */
function makeFineClock(): () => number {
  let origin = Date.now() - performance.now()
  return () => {
    const wholeMs = Date.now()
    const fineMs = origin + performance.now()
    // They drift apart, and somebody may set the machine's clock; within its millisecond the fine one is right.
    const nearestMs = Math.min(Math.max(fineMs, wholeMs), wholeMs + 0.9995)
    origin += nearestMs - fineMs
    return nearestMs
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
  return `${new Date(epochMs).toISOString().slice(0, -1)}${String(Math.floor((epochMs % 1) * 1000)).padStart(3, '0')}Z`
}

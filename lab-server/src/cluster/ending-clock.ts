// The clock of one cluster: whatever still waits when the cluster has ended must not keep the process alive.
import type { Clock, Timer } from './clock.ts'

/** A clock whose pending timers can be dropped together. */
export interface EndingClock extends Clock {
  /** Drops every pending timer; later ones never fire. */
  end(): void
}

/** Makes a clock that tells the time of another. */
export function makeEndingClock(clock: Clock): EndingClock {
  const pending = new Set<Timer>()
  let isOver = false
  return {
    now: () => clock.now(),
    toWallMs: (clusterMs) => clock.toWallMs(clusterMs),
    after(delayMs, callback) {
      if (isOver) return { cancel() {} }
      const timer = clock.after(delayMs, () => {
        pending.delete(timer)
        callback()
      })
      pending.add(timer)
      return {
        cancel() {
          pending.delete(timer)
          timer.cancel()
        },
      }
    },
    end() {
      isOver = true
      for (const timer of pending) timer.cancel()
      pending.clear()
    },
  }
}

// A cluster's clock whose pace a replay sets: a command on a busy machine takes ten times as long as it took when it was
// recorded, and in the cluster no more time may pass than passed there.
import type { Clock } from '../../../src/cluster/clock.ts'

/** A clock that can be made to run faster or slower while it runs. */
export interface PacedClock extends Clock {
  /** From now on `pace` seconds of the cluster pass in one of life. */
  setPace(pace: number): void
}

interface PendingTimer {
  dueMs: number
  callback: () => void
  handle?: NodeJS.Timeout
}

/** Makes a clock that shows `startMs` and runs at life's pace. */
export function makePacedClock(startMs: number): PacedClock {
  let pace = 1
  let anchor = { wallMs: performance.now(), clusterMs: startMs }
  const pending = new Set<PendingTimer>()

  const now = () => anchor.clusterMs + (performance.now() - anchor.wallMs) * pace

  function arm(timer: PendingTimer) {
    clearTimeout(timer.handle)
    // setTimeout fires at once for delays beyond 2^31-1 ms.
    const wallMs = Math.min(Math.max(0, (timer.dueMs - now()) / pace), 0x7fffffff)
    timer.handle = setTimeout(() => {
      pending.delete(timer)
      timer.callback()
    }, wallMs)
  }

  return {
    now,
    after(delayMs, callback) {
      const timer: PendingTimer = { dueMs: now() + Math.max(0, delayMs), callback }
      pending.add(timer)
      arm(timer)
      return {
        cancel() {
          clearTimeout(timer.handle)
          pending.delete(timer)
        },
      }
    },
    toWallMs: (clusterMs) => clusterMs / pace,
    setPace(next) {
      if (next === pace) return
      anchor = { wallMs: performance.now(), clusterMs: now() }
      pace = next
      for (const timer of pending) arm(timer)
    },
  }
}

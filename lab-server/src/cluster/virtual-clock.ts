// For tests: time stands still until `advance` moves it.
import type { Clock } from './clock.ts'

/** A clock that moves only when told to. */
export interface VirtualClock extends Clock {
  /** Moves time forward, firing due timers in order and letting promises settle between them. */
  advance(ms: number): Promise<void>
}

/** Makes a virtual clock that starts at `startMs`. */
export function makeVirtualClock(startMs = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = startMs
  let sequence = 0
  const timers = new Map<number, { dueMs: number; callback: () => void }>()

  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
  }

  return {
    now: () => now,
    after(delayMs, callback) {
      const id = sequence++
      timers.set(id, { dueMs: now + Math.max(0, delayMs), callback })
      return { cancel: () => timers.delete(id) }
    },
    toWallMs: (clusterMs) => clusterMs,
    async advance(ms) {
      const target = now + ms
      await settle()
      for (;;) {
        const due = [...timers.entries()]
          .filter(([, timer]) => timer.dueMs <= target)
          .sort(([idA, a], [idB, b]) => a.dueMs - b.dueMs || idA - idB)[0]
        if (!due) break
        const [id, timer] = due
        timers.delete(id)
        now = Math.max(now, timer.dueMs)
        timer.callback()
        await settle()
      }
      now = target
      await settle()
    },
  }
}

// Waits for what a cluster does in its own time.
import { setTimeout as pause } from 'node:timers/promises'

/** Calls `attempt` until it no longer throws; after `withinMs` throws what it threw last. */
export async function eventually<T>(attempt: () => T | Promise<T>, withinMs = 20_000, everyMs = 250): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    try {
      return await attempt()
    } catch (failure) {
      if (Date.now() >= deadline) throw failure
    }
    await pause(everyMs)
  }
}

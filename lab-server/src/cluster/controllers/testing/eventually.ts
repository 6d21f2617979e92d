// Waiting for work that touches the real disk, which a virtual clock does not wait for.
import type { VirtualClock } from '../../virtual-clock.ts'

const patienceMs = 5000

/** Repeats `check` until it passes, moving the clock a little each time; fails as it failed last. */
export async function eventually(clock: VirtualClock, check: () => void): Promise<void> {
  const startMs = performance.now()
  for (;;) {
    await clock.advance(10)
    try {
      check()
      return
    } catch (error) {
      if (performance.now() - startMs > patienceMs) throw error
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

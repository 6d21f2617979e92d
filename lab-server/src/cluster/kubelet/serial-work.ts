import type { Clock, Timer } from '../clock.ts'

/** Work that never runs twice at once. */
export interface SerialWork {
  /** Runs it again, now or at `atMs`; while it runs, once more afterwards. */
  wake(atMs?: number): void
  /** Starts no more of it. */
  stop(): void
  /** Resolves when none is under way. */
  settled(): Promise<void>
}

const failureRetryMs = 10_000

/** Makes work out of `step`, which looks at the world as it is. A step that throws is told of and tried again. */
export function makeSerialWork(clock: Clock, step: () => Promise<void>, onError: (error: unknown) => void): SerialWork {
  let isStopped = false
  let isDue = false
  let isWorking = false
  let work = Promise.resolve()
  let next: { timer: Timer; atMs: number } | undefined

  const run = async () => {
    isWorking = true
    // Never from inside the watch that told us: a write tells the watch again.
    await Promise.resolve()
    while (isDue && !isStopped) {
      isDue = false
      try {
        await step()
      } catch (error) {
        if (!isStopped) onError(error)
        wakeLater(clock.now() + failureRetryMs)
      }
    }
    isWorking = false
  }
  const wakeLater = (atMs: number) => {
    if (isStopped || (next && next.atMs <= atMs)) return
    next?.timer.cancel()
    const fire = () => {
      next = undefined
      wake()
    }
    next = { atMs, timer: clock.after(atMs - clock.now(), fire) }
  }
  const wake = (atMs = 0) => {
    if (isStopped) return
    if (atMs > clock.now()) return wakeLater(atMs)
    isDue = true
    if (!isWorking) work = run()
  }

  return {
    wake,
    stop() {
      isStopped = true
      next?.timer.cancel()
    },
    settled: () => work,
  }
}

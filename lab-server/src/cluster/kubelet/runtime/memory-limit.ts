import type { Clock, Timer } from '../../clock.ts'

/** What a memory limit watches. */
export interface MemoryWatch {
  /** The limit now: it may change while the container runs. */
  limit(): number | undefined
  readMemory(): Promise<number>
  onExceeded(): void
  clock: Clock
}

/** Delays between looks: short at first, because a limit below what a program needs to start must kill it at the start. */
export function nextLookMs(looks: number): number {
  return looks < 6 ? 25 * 2 ** Math.floor(looks / 2) : looks < 12 ? 250 : 1000
}

/** Looks at a container's memory until stopped, and calls back once when it passes the limit. */
export function watchMemory(watch: MemoryWatch): { stop(): void } {
  const { readMemory, onExceeded, clock } = watch
  let stopped = false
  let looks = 0
  let timer: Timer

  const look = async () => {
    const limit = watch.limit() ?? Number.POSITIVE_INFINITY
    const isOver = (await readMemory()) > limit
    if (stopped) return
    if (isOver) onExceeded()
    else schedule()
  }
  // Real processes allocate in real time, whatever the cluster's clock says.
  const schedule = () => {
    const wallMs = nextLookMs(looks)
    looks += 1
    timer = clock.after(wallMs / (clock.toWallMs(1) || 1), () => void look())
  }

  schedule()
  return {
    stop() {
      stopped = true
      timer.cancel()
    },
  }
}

// Holds a container to its CPU limit by stopping and continuing its processes, as the kernel's quota does: a share of
// each period it runs, the rest it waits.
import type { Clock, Timer } from '../../clock.ts'

export interface CpuWatch {
  /** The limit in cores, now: it may change while the container runs. */
  limit(): number | undefined
  /** CPU time spent so far. */
  readCpu(): Promise<number>
  stop(): void
  continue(): void
  clock: Clock
}

const periodMs = 100
const lookMs = 1000

/** The part of a period that a container may run: 1 is all of it. */
export function nextShare(share: number, usedCores: number, limit: number): number {
  // What it would use if it ran all the time.
  const wanted = usedCores / share
  if (wanted <= limit * 1.05) return 1
  return Math.min(1, Math.max(0.02, limit / wanted))
}

/** Watches and throttles until stopped. An idle container costs one look a second. */
export function watchCpu({ limit, readCpu, stop, continue: resume, clock }: CpuWatch): { stop(): void } {
  let isOver = false
  let share = 1
  let timer: Timer | undefined
  let lastCpu = 0
  let lastAt = clock.now()
  // Real processes spend real time, whatever the cluster's clock says.
  const after = (wallMs: number, callback: () => void) => {
    timer = clock.after(wallMs / (clock.toWallMs(1) || 1), callback)
  }

  const look = async () => {
    const cpu = await readCpu()
    if (isOver) return
    const wallMs = Math.max(1, clock.toWallMs(clock.now() - lastAt))
    const most = limit()
    share = most === undefined ? 1 : nextShare(share, (cpu - lastCpu) / 1e6 / wallMs, most)
    lastCpu = cpu
    lastAt = clock.now()
    if (share === 1) after(lookMs, () => void look())
    else period(Math.round(lookMs / periodMs))
  }
  const period = (left: number) => {
    if (left === 0) return void look()
    stop()
    after(periodMs * (1 - share), () => {
      resume()
      after(periodMs * share, () => period(left - 1))
    })
  }

  after(lookMs, () => void look())
  return {
    stop() {
      isOver = true
      timer?.cancel()
      resume()
    },
  }
}

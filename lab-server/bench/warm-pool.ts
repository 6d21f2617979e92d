import { setTimeout as delay } from 'node:timers/promises'
import type { LabProcess } from './lab-process.ts'

const deadlineMs = 600_000

/** Waits until the pool holds `size` healthy sandboxes, as the lab's metrics say. */
export async function untilPoolHolds(lab: LabProcess, size: number): Promise<void> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const metrics = await (await fetch(`${lab.url}/metrics`)).text()
    const ready = Number(/^lab_warm_sandboxes (\d+)/m.exec(metrics)?.[1] ?? 0)
    if (ready >= size) return
    if (performance.now() > deadline) throw new Error(`only ${ready} of ${size} sandboxes became ready in time`)
    await delay(500)
  }
}

// Keeps some healthy sandboxes ahead of need, so that an attempt begins with the injection.
import { availableParallelism } from 'node:os'
import { newId } from './attempt-record.ts'
import type { PreparedSandbox } from './prepared-sandbox.ts'

export interface WarmPool {
  /** A ready sandbox, or undefined when there is none at this moment. */
  take(): PreparedSandbox | undefined
  /** Ids of sandboxes in the pool or on their way into it. */
  ids(): string[]
  /** How many sandboxes are ready to be taken. */
  size(): number
  /** Releases everything that nobody took. */
  stop(): Promise<void>
}

const retryMs = 10_000

/**
 * Starts to fill the pool. Until the first is taken, `atOnce` sandboxes are made at a time, for each spends most of its
 * preparation waiting for TaskMaster's first probes; later one at a time, for students are at work beside it. Whoever takes
 * one is served before the next is made: that begins `quietMs` after the last was asked for, at most `longestMs` after the
 * first.
 */
export function startWarmPool(
  size: number,
  prepare: (id: string, signal: AbortSignal) => Promise<PreparedSandbox>,
  onProblem: (error: unknown) => void,
  { quietMs = 10_000, longestMs = 60_000, atOnce = 2 * availableParallelism() } = {},
): WarmPool {
  const ready: PreparedSandbox[] = []
  const stopping = new AbortController()
  const filling = new Map<string, Promise<void>>()
  let retry: NodeJS.Timeout | undefined
  let calm: NodeJS.Timeout | undefined
  let burstBegan = 0
  let hasStudents = false

  /** Fills when nobody has asked for a while. */
  function fillWhenCalm(): void {
    const now = Date.now()
    if (!calm) burstBegan = now
    clearTimeout(calm)
    calm = setTimeout(
      () => {
        calm = undefined
        fill()
      },
      Math.max(0, Math.min(quietMs, burstBegan + longestMs - now)),
    )
  }

  function fill(): void {
    if (calm || retry || stopping.signal.aborted) return
    while (filling.size < (hasStudents ? 1 : atOnce) && ready.length + filling.size < size) {
      const id = `sandbox-${newId(10)}`
      filling.set(id, addOne(id))
    }
  }

  async function addOne(id: string): Promise<void> {
    try {
      ready.push(await prepare(id, stopping.signal))
    } catch (error) {
      if (!stopping.signal.aborted) {
        onProblem(error)
        fillLater()
      }
    }
    filling.delete(id)
    fill()
  }

  /** After a failure nothing is begun for a while. */
  function fillLater(): void {
    clearTimeout(retry)
    retry = setTimeout(() => {
      retry = undefined
      fill()
    }, retryMs)
  }

  fill()
  return {
    take() {
      const sandbox = ready.shift()
      hasStudents = true
      fillWhenCalm()
      return sandbox
    },
    ids: () => [...ready.map(({ sandbox }) => sandbox.id), ...filling.keys()],
    size: () => ready.length,
    async stop() {
      stopping.abort()
      clearTimeout(retry)
      clearTimeout(calm)
      await Promise.all(filling.values())
      for (const session of ready.splice(0)) {
        session.disconnect()
        await session.sandbox.release()
      }
    },
  }
}

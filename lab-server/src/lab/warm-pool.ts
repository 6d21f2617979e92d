// Keeps some healthy sandboxes ahead of need, so that an attempt begins with the injection.
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
 * Starts to fill the pool, one sandbox at a time so that students' own preparations are not starved. Whoever takes one is
 * served before the next is made: it begins `quietMs` after the last was asked for, at most `longestMs` after the first.
 */
export function startWarmPool(
  size: number,
  prepare: (id: string, signal: AbortSignal) => Promise<PreparedSandbox>,
  onProblem: (error: unknown) => void,
  { quietMs = 10_000, longestMs = 60_000 } = {},
): WarmPool {
  const ready: PreparedSandbox[] = []
  const stopping = new AbortController()
  let pending: string | undefined
  let filling: Promise<void> | undefined
  let retry: NodeJS.Timeout | undefined
  let calm: NodeJS.Timeout | undefined
  let burstBegan = 0

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
    if (filling || calm || stopping.signal.aborted || ready.length >= size) return
    pending = `sandbox-${newId(10)}`
    filling = prepare(pending, stopping.signal)
      .then(
        (sandbox) => {
          ready.push(sandbox)
          return 0
        },
        (error) => {
          if (!stopping.signal.aborted) onProblem(error)
          return retryMs
        },
      )
      .then((delayMs) => {
        pending = undefined
        filling = undefined
        if (delayMs === 0) fill()
        else if (!stopping.signal.aborted) retry = setTimeout(fill, delayMs)
      })
  }

  fill()
  return {
    take() {
      const sandbox = ready.shift()
      fillWhenCalm()
      return sandbox
    },
    ids: () => [...ready.map(({ sandbox }) => sandbox.id), ...(pending ? [pending] : [])],
    size: () => ready.length,
    async stop() {
      stopping.abort()
      clearTimeout(retry)
      clearTimeout(calm)
      await filling
      for (const session of ready.splice(0)) {
        session.disconnect()
        await session.sandbox.release()
      }
    },
  }
}

// The queue under every controller: told which key, never what happened.
import type { Clock, Timer } from '../clock.ts'

const firstBackOffMs = 5
const longestBackOffMs = 1_000_000
/** Runs in a row before other work of the process gets a turn. */
const runsPerTurn = 32

/** What a run asks for: another run later, or one after a growing back-off. */
export interface RunResult {
  requeueAfterMs?: number
  /** Something expected failed, e.g. a quota: try again as after an error, without reporting one. */
  backOff?: boolean
}

export interface WorkQueueOptions {
  clock: Clock
  /** How many keys may be worked on at once. */
  workers: number
  run(key: string): Promise<RunResult | undefined>
  onError(error: unknown, key: string): void
}

/** Runs keys: each at most once at a time, never lost, with back-off after failures. */
export class WorkQueue {
  readonly #options: WorkQueueOptions
  readonly #waiting = new Set<string>()
  readonly #running = new Set<string>()
  readonly #dirty = new Set<string>()
  readonly #failures = new Map<string, number>()
  readonly #timers = new Map<string, { timer: Timer; dueMs: number }>()
  #pumping = false
  #stopped = false
  #runs = 0
  #idle: (() => void)[] = []

  constructor(options: WorkQueueOptions) {
    this.#options = options
  }

  /** Asks for a run of `key` as soon as possible. */
  add(key: string): void {
    if (this.#stopped) return
    if (this.#running.has(key)) {
      this.#dirty.add(key)
      return
    }
    this.#waiting.add(key)
    if (this.#pumping) return
    this.#pumping = true
    queueMicrotask(() => this.#pump())
  }

  /** Asks for a run of `key` after `delayMs`, or sooner if that was asked before. */
  addAfter(key: string, delayMs: number): void {
    if (this.#stopped) return
    const dueMs = this.#options.clock.now() + Math.max(0, delayMs)
    const pending = this.#timers.get(key)
    if (pending && pending.dueMs <= dueMs) return
    pending?.timer.cancel()
    const timer = this.#options.clock.after(delayMs, () => {
      this.#timers.delete(key)
      this.add(key)
    })
    this.#timers.set(key, { timer, dueMs })
  }

  /** Takes no more work and resolves when the runs in flight have ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#waiting.clear()
    for (const { timer } of this.#timers.values()) timer.cancel()
    this.#timers.clear()
    if (this.#running.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  #pump(): void {
    this.#pumping = false
    for (const key of this.#waiting) {
      if (this.#running.size >= this.#options.workers) return
      this.#waiting.delete(key)
      this.#running.add(key)
      this.#timers.get(key)?.timer.cancel()
      this.#timers.delete(key)
      void this.#work(key)
    }
  }

  async #work(key: string): Promise<void> {
    if (++this.#runs % runsPerTurn === 0) await new Promise((resolve) => setImmediate(resolve))
    try {
      const result = await this.#options.run(key)
      if (result?.backOff) this.#backOff(key)
      else this.#failures.delete(key)
      if (result?.requeueAfterMs !== undefined) this.addAfter(key, result.requeueAfterMs)
    } catch (error) {
      this.#backOff(key)
      this.#options.onError(error, key)
    }
    this.#finish(key)
  }

  #backOff(key: string): void {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    this.addAfter(key, Math.min(firstBackOffMs * 2 ** failures, longestBackOffMs))
  }

  #finish(key: string): void {
    this.#running.delete(key)
    if (this.#dirty.delete(key)) this.add(key)
    if (this.#waiting.size > 0) this.#pump()
    if (this.#running.size > 0 || !this.#stopped) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}

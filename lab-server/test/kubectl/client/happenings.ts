// Gathers what a watch or an informer tells, and waits for what should come.
import { EventEmitter, once } from 'node:events'

/** What was told so far, in order. */
export interface Happenings<T> {
  all: T[]
  add(happening: T): void
  /** Resolves with the first that fits, told before or after; fails when none is within the time. */
  first(fits: (happening: T) => boolean, withinMs?: number): Promise<T>
  /** Resolves when this many were told. */
  count(wanted: number, withinMs?: number): Promise<T[]>
}

/** An empty one. */
export function makeHappenings<T>(): Happenings<T> {
  const all: T[] = []
  const told = new EventEmitter()
  async function until<R>(look: () => R | undefined, withinMs: number, what: string): Promise<R> {
    const signal = AbortSignal.timeout(withinMs)
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      await once(told, 'told', { signal }).catch(() => {
        throw new Error(`${what} within ${withinMs} ms; told: ${JSON.stringify(all).slice(0, 2000)}`)
      })
    }
  }
  return {
    all,
    add(happening) {
      all.push(happening)
      told.emit('told')
    },
    first: (fits, withinMs = 30_000) => until(() => all.find(fits), withinMs, 'It did not happen'),
    count: (wanted, withinMs = 30_000) =>
      until(() => (all.length >= wanted ? all : undefined), withinMs, `Not ${wanted} happenings`),
  }
}

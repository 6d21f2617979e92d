/** Runs writes to one key in the order of the calls; a replaceable write that has not begun stands for later ones. */
export interface WriteQueue {
  add(key: string, write: () => Promise<void>): Promise<void>
  /** For writes that read their value when they run: one that still waits covers this one too. */
  replaceable(key: string, write: () => Promise<void>): Promise<void>
  /** Resolves when nothing is waiting for the key. */
  idle(key: string): Promise<void>
}

/** A queue without limits: what writes is bounded by its callers. */
export function makeWriteQueue(): WriteQueue {
  const tails = new Map<string, Promise<void>>()
  const waiting = new Map<string, Promise<void>>()

  function add(key: string, write: () => Promise<void>): Promise<void> {
    const turn = (tails.get(key) ?? Promise.resolve()).then(write)
    const tail = turn
      .catch(() => undefined)
      .then(() => {
        if (tails.get(key) === tail) tails.delete(key)
      })
    tails.set(key, tail)
    // A later replaceable write must not be covered by one that stands before this.
    waiting.delete(key)
    return turn
  }

  return {
    add,
    replaceable(key, write) {
      const known = waiting.get(key)
      if (known) return known
      const turn = add(key, () => {
        if (waiting.get(key) === turn) waiting.delete(key)
        return write()
      })
      waiting.set(key, turn)
      return turn
    },
    idle: (key) => tails.get(key) ?? Promise.resolve(),
  }
}

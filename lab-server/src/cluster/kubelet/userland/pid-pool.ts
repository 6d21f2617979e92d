// Ids for the processes of this userland, from the runtime in portions: other commands of the container take theirs from
// the same numbers, and a shell cannot wait for an answer before it starts a command.

/** How many the runtime gives with a command: its own, and those of the first that it starts. */
export const pidsAtOnce = 6
const portion = 24
/** Fewer than this are left: time to ask for more. */
const fewLeft = 4

/** Makes a source of ids that begins with `first`. */
export function makePidPool(
  first: number,
  takePids: (count: number) => Promise<number>,
  isTaken: (pid: number) => boolean,
): () => number {
  const free = range(first, pidsAtOnce)
  const known = [...free]
  let isAsking = false
  const ask = async () => {
    isAsking = true
    try {
      const more = range(await takePids(portion), portion)
      free.push(...more)
      known.push(...more)
      if (known.length > 40 * portion) known.splice(0, portion)
    } finally {
      isAsking = false
    }
  }
  return () => {
    // The command's own id needs no others yet: most commands start none.
    if (free.length < fewLeft && !isAsking) void ask().catch(() => {})
    return free.shift() ?? known.find((pid) => pid !== first && !isTaken(pid)) ?? (known.at(-1) ?? first) + 1000
  }
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index)

// Room for so many pieces of work at once.

/** Resolves when there is room, with what gives the room back. */
export type Lane = () => Promise<() => void>

/** A lane for `size` pieces of work; the others wait in line. */
export function makeLane(size: number): Lane {
  let free = size
  const waiting: (() => void)[] = []
  const leave = () => {
    const next = waiting.shift()
    if (next) next()
    else free++
  }
  return async () => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    return leave
  }
}

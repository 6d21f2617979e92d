// The shortest way from one list of lines to another, and its hunks in the unified form. Pure.

/** One line of a comparison. */
export interface Step {
  kind: ' ' | '-' | '+'
  line: string
}

/** Past this many steps of search the rest counts as replaced: nobody reads such a difference line by line. */
const mostSearched = 2000

/** Finds a shortest list of removals and additions, by Myers' search of ever more differences. */
export function editScript(
  left: readonly string[],
  right: readonly string[],
  isSame: (a: string, b: string) => boolean,
): Step[] {
  let start = 0
  while (start < left.length && start < right.length && isSame(left[start] ?? '', right[start] ?? '')) start += 1
  let tail = 0
  while (
    tail < left.length - start &&
    tail < right.length - start &&
    isSame(left[left.length - 1 - tail] ?? '', right[right.length - 1 - tail] ?? '')
  )
    tail += 1
  const keep = (lines: readonly string[]): Step[] => lines.map((line) => ({ kind: ' ', line }))
  const middle = search(left.slice(start, left.length - tail), right.slice(start, right.length - tail), isSame)
  return [...keep(left.slice(0, start)), ...middle, ...keep(left.slice(left.length - tail))]
}

function search(left: string[], right: string[], isSame: (a: string, b: string) => boolean): Step[] {
  const trace: Map<number, number>[] = []
  let reached = new Map([[1, 0]])
  const most = Math.min(left.length + right.length, mostSearched)
  for (let cost = 0; cost <= most; cost += 1) {
    const next = new Map(reached)
    for (let diagonal = -cost; diagonal <= cost; diagonal += 2) {
      const goDown = diagonal === -cost || (diagonal !== cost && at(reached, diagonal - 1) < at(reached, diagonal + 1))
      let x = goDown ? at(reached, diagonal + 1) : at(reached, diagonal - 1) + 1
      while (x < left.length && x - diagonal < right.length && isSame(left[x] ?? '', right[x - diagonal] ?? '')) x += 1
      next.set(diagonal, x)
      if (x >= left.length && x - diagonal >= right.length) return walkBack(left, right, [...trace, reached], cost)
    }
    trace.push(reached)
    reached = next
  }
  const all = (kind: '-' | '+', lines: string[]): Step[] => lines.map((line) => ({ kind, line }))
  return [...all('-', left), ...all('+', right)]
}

const at = (reached: Map<number, number>, diagonal: number) => reached.get(diagonal) ?? -1

function walkBack(left: string[], right: string[], trace: Map<number, number>[], cost: number): Step[] {
  const steps: Step[] = []
  let x = left.length
  let y = right.length
  for (let depth = cost; depth >= 0; depth -= 1) {
    const reached = trace[depth] ?? new Map()
    const diagonal = x - y
    const goDown = diagonal === -depth || (diagonal !== depth && at(reached, diagonal - 1) < at(reached, diagonal + 1))
    const before = goDown ? diagonal + 1 : diagonal - 1
    const fromX = depth === 0 ? 0 : at(reached, before)
    const fromY = depth === 0 ? 0 : fromX - before
    while (x > fromX && y > fromY) {
      x -= 1
      y -= 1
      steps.push({ kind: ' ', line: left[x] ?? '' })
    }
    if (depth === 0) break
    if (goDown) steps.push({ kind: '+', line: right[--y] ?? '' })
    else steps.push({ kind: '-', line: left[--x] ?? '' })
  }
  return steps.reverse()
}

/** Prints the steps as hunks with `context` equal lines around each. */
export function unifiedHunks(steps: readonly Step[], context: number): string {
  const changed = steps.flatMap(({ kind }, index) => (kind === ' ' ? [] : [index]))
  const hunks: [from: number, to: number][] = []
  for (const index of changed) {
    const last = hunks.at(-1)
    if (last && index - context <= last[1] + context) last[1] = index + 1
    else hunks.push([index, index + 1])
  }
  return hunks
    .map(([first, last]) => {
      const from = Math.max(0, first - context)
      const shown = steps.slice(from, last + context)
      const countOf = (list: readonly Step[], other: '-' | '+') => list.filter(({ kind }) => kind !== other).length
      const range = (other: '-' | '+') => {
        const length = countOf(shown, other)
        const start = countOf(steps.slice(0, from), other) + Number(length > 0)
        return length === 1 ? String(start) : `${start},${length}`
      }
      const lines = shown.map(({ kind, line }) =>
        line.endsWith('\n') ? `${kind}${line}` : `${kind}${line}\n\\ No newline at end of file\n`,
      )
      return `@@ -${range('+')} +${range('-')} @@\n${lines.join('')}`
    })
    .join('')
}

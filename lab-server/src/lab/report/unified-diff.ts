const context = 3

interface Line {
  sign: ' ' | '-' | '+'
  text: string
  /** Line numbers before this line, in the old and the new text. */
  old: number
  now: number
}

/** A unified diff of two texts; empty when they are equal. */
export function unifiedDiff(before: string, after: string, names = { before: 'before', after: 'after' }): string {
  if (before === after) return ''
  const lines = compare(linesOf(before), linesOf(after))
  const hunks = hunksOf(lines).map(([from, to]) => renderHunk(lines.slice(from, to)))
  return [`--- ${names.before}`, `+++ ${names.after}`, ...hunks].join('\n')
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

/** The shortest edit by longest common subsequence; objects are a few hundred lines at most. */
function compare(before: string[], after: string[]): Line[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1))
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      const longest =
        before[row] === after[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
      const cells = lengths[row]
      if (cells) cells[column] = longest
    }
  }
  const lines: Line[] = []
  let old = 0
  let now = 0
  while (old < before.length || now < after.length) {
    const isEqual = old < before.length && now < after.length && before[old] === after[now]
    const isRemoval = !isEqual && old < before.length && (now >= after.length || at(old + 1, now) >= at(old, now + 1))
    const text = (isEqual || isRemoval ? before[old] : after[now]) ?? ''
    lines.push({ sign: isEqual ? ' ' : isRemoval ? '-' : '+', text, old, now })
    if (isEqual || isRemoval) old++
    if (isEqual || !isRemoval) now++
  }
  return lines
}

/** Ranges of lines with changes and their surroundings, joined where they touch. */
function hunksOf(lines: Line[]): [number, number][] {
  const hunks: [number, number][] = []
  for (const [index, line] of lines.entries()) {
    if (line.sign === ' ') continue
    const from = Math.max(0, index - context)
    const to = Math.min(lines.length, index + context + 1)
    const last = hunks.at(-1)
    if (last && from <= last[1]) last[1] = to
    else hunks.push([from, to])
  }
  return hunks
}

function renderHunk(lines: Line[]): string {
  const oldCount = lines.filter((line) => line.sign !== '+').length
  const newCount = lines.filter((line) => line.sign !== '-').length
  const [first] = lines
  const start = (line: number | undefined, count: number) => (count === 0 ? (line ?? 0) : (line ?? 0) + 1)
  const header = `@@ -${start(first?.old, oldCount)},${oldCount} +${start(first?.now, newCount)},${newCount} @@`
  return [header, ...lines.map((line) => line.sign + line.text)].join('\n')
}

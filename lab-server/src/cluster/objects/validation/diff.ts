// What changed between two objects, as upstream appends it to "may not change" messages.

const context = 3

/** A unified diff of the JSON of two values, as upstream's internal types have them; empty when they are equal. */
export function jsonDiff(before: unknown, after: unknown): string {
  return unifiedDiff(lines(before), lines(after))
}

function lines(value: unknown): string[] {
  return (JSON.stringify(value, null, 1) ?? '').split('\n')
}

interface Line {
  mark: ' ' | '-' | '+'
  text: string
}

function unifiedDiff(before: string[], after: string[]): string {
  const script = editScript(before, after)
  const changed = script.flatMap(({ mark }, i) => (mark === ' ' ? [] : [i]))
  let output = ''
  let next = 0
  while (next < changed.length) {
    const first = Math.max(0, (changed[next] ?? 0) - context)
    let last = (changed[next] ?? 0) + context
    while (next < changed.length && (changed[next] ?? 0) - context <= last + 1) {
      last = (changed[next] ?? 0) + context
      next++
    }
    output += hunk(script, first, Math.min(last, script.length - 1))
  }
  return output
}

function hunk(script: Line[], first: number, last: number): string {
  const count = (from: number, to: number, skip: Line['mark']) =>
    script.slice(from, to).filter(({ mark }) => mark !== skip).length
  const body = script.slice(first, last + 1)
  const oldRange = `-${count(0, first, '+') + 1},${count(first, last + 1, '+')}`
  const newRange = `+${count(0, first, '-') + 1},${count(first, last + 1, '-')}`
  return [`@@ ${oldRange} ${newRange} @@`, ...body.map(({ mark, text }) => mark + text), ''].join('\n')
}

/** The longest common subsequence, written as kept, removed and added lines. */
function editScript(before: string[], after: string[]): Line[] {
  const width = after.length + 1
  const common = new Uint32Array((before.length + 1) * width)
  const at = (i: number, j: number) => common[i * width + j] ?? 0
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const script: Line[] = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      script.push({ mark: ' ', text: before[i] ?? '' })
      i++
      j++
    } else if (i < before.length && (j === after.length || at(i + 1, j) >= at(i, j + 1))) {
      script.push({ mark: '-', text: before[i++] ?? '' })
    } else {
      script.push({ mark: '+', text: after[j++] ?? '' })
    }
  }
  return script
}

// Holds what a command printed against what was expected.

/** Lines of one output that the other has too, each as often as it stands there. */
export function commonLines(expected: string[], actual: string[]): number {
  const left = new Map<string, number>()
  for (const line of actual) left.set(line, (left.get(line) ?? 0) + 1)
  return expected.filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count > 0
  }).length
}

/** How many lines both have, of how many that either has. */
export interface Likeness {
  same: number
  of: number
}

/** Compares without regard to order: names that were drawn decide the order of most lists. */
export function likeness(expected: string, actual: string): Likeness {
  const [one, other] = [expected, actual].map((text) => text.split('\n').filter((line) => line.trim() !== ''))
  if (!one || !other) return { same: 0, of: 0 }
  return { same: commonLines(one, other), of: Math.max(one.length, other.length) }
}

/** Lines that only one of two outputs has: `-` was expected, `+` was printed. */
export function differingLines(expected: string, actual: string): string[] {
  const minus = (from: string, without: string, sign: string) => {
    const left = without.split('\n')
    return from.split('\n').flatMap((line) => {
      const index = left.indexOf(line)
      if (index >= 0) left.splice(index, 1)
      return index >= 0 || line.trim() === '' ? [] : [`${sign} ${line}`]
    })
  }
  return [...minus(expected, actual, '-'), ...minus(actual, expected, '+')]
}

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Whether an output is as a pattern has it: `…` stands for anything in a line, a line `…` for any lines. */
export function matches(pattern: string, actual: string): boolean {
  const source = pattern
    .split('\n')
    .map((line) => (line.trim() === '…' ? '(?:.*\\n)*' : `${line.split('…').map(literally).join('.*')}\\n`))
    .join('')
  return new RegExp(`^${source}$`).test(`${actual}\n`)
}

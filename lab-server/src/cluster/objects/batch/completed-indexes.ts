// Indexes of a Job as text: `1,3-5,7`.

/** How many indexes a text names, or upstream's words about what is wrong with it. */
export function countIndexes(text: string, completions: number): { total: number; problem?: string } {
  let total = 0
  let last = -1
  if (text === '') return { total }
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions)
    if (typeof interval === 'string') return { total: 0, problem: interval }
    const [first, end] = interval
    if (last >= first) return { total: 0, problem: nonIncreasing(last, first) }
    total += end - first + 1
    last = end
  }
  return { total }
}

function parseInterval(text: string, completions: number): [number, number] | string {
  const limits = text.split('-')
  if (limits.length > 2) {
    return `the fragment ${JSON.stringify(text)} violates the requirement that an index interval can have at most two parts separated by '-'`
  }
  const numbers: number[] = []
  for (const limit of limits) {
    if (!/^[+-]?\d+$/.test(limit)) return `cannot convert string to integer for index: ${JSON.stringify(limit)}`
    if (Number(limit) >= completions) return `too large index: ${JSON.stringify(limit)}`
    numbers.push(Number(limit))
  }
  const [first = 0, end = first] = numbers
  return numbers.length === 2 && first >= end ? nonIncreasing(first, end) : [first, end]
}

function nonIncreasing(previous: number, current: number): string {
  return `non-increasing order, previous: ${previous}, current: ${current}`
}

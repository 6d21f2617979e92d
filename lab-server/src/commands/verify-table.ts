// The results of a proof, one line for each scenario.
import type { VerifyResult } from '../lab/verify.ts'

const header = ['SCENARIO', 'PROVED', 'NOTHING', 'SOLVED', 'ALSO', 'REFUSED', 'SECONDS']

/** A table: how many statements of each sort hold, of how many; `-` where there are none. */
export function verifyTable(results: readonly VerifyResult[]): string {
  const ids = [...new Set(results.map((result) => result.scenarioId))].sort()
  const rows = ids.map((id) => {
    const own = results.filter((result) => result.scenarioId === id)
    const seconds = own.reduce((sum, result) => sum + result.seconds, 0)
    const counts = ['doing nothing', 'the solution', 'also accepted', 'refused'].map((sort) =>
      count(own.filter((result) => result.step.startsWith(sort))),
    )
    return [id, own.every((result) => result.ok) ? 'yes' : 'NO', ...counts, seconds.toFixed(0)]
  })
  const all = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function count(results: readonly VerifyResult[]): string {
  if (results.length === 0) return '-'
  return `${results.filter((result) => result.ok).length}/${results.length}`
}

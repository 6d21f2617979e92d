// The results of a proof as text: a row for each statement, a table of scenarios, the mutants that nobody noticed.
import type { Mutant } from '../lab/verify/mutate.ts'
import type { VerifyResult } from '../lab/verify/verify.ts'

const header = ['SCENARIO', 'PROVED', 'NOTHING', 'SOLVED', 'ALSO', 'REFUSED', 'STANDING', 'RESET', 'SECONDS']
const sorts = [['doing nothing'], ['the solution'], ['also accepted'], ['refused'], ['the healthy', 'a web server']]

/** One statement in a line: `● site-not-found  the solution solves it  2.1 s`. */
export function verifyRow({ scenarioId, step, variant, ok, detail, seconds, firstTry }: VerifyResult): string {
  const name = variant ? `${step} [${variant.split(' ')[0]}]` : step
  return `${ok ? '●' : '✕'} ${scenarioId.padEnd(28)} ${name.padEnd(48)} ${seconds.toFixed(1).padStart(6)} s  ${ok ? (firstTry ? `at the second try; the first: ${firstTry}` : '') : detail}\n`
}

/** How many mutants there are, and each that survived. */
export function mutantLines(mutants: readonly Mutant[]): string {
  const survivors = mutants.filter(({ killedBy }) => killedBy.length === 0)
  const lines = survivors.map(({ name }) => `✕ survives: ${name} switched off makes no proof fail\n`)
  return `\n${mutants.length - survivors.length} of ${mutants.length} mutants of the grading noticed.\n${lines.join('')}`
}

/** How long the resets took, in a line; empty where there were none. */
export function resetLine(results: readonly VerifyResult[]): string {
  const resets = resetsOf(results)
  if (resets.length === 0) return ''
  const [p50, p95, longest] = [50, 95, 100].map((percent) => percentile(resets, percent))
  return `${resets.length} resets: half of them within ${p50} s, 95 % within ${p95} s, the longest ${longest} s.\n`
}

function resetsOf(results: readonly VerifyResult[]): number[] {
  return results.flatMap(({ resets = [] }) => resets)
}

/** The value below which so many percent of the values are. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0
}

/** A table: how many statements of each sort hold, of how many; `-` where there are none. RESET: seconds, half and all. */
export function verifyTable(results: readonly VerifyResult[]): string {
  const ids = [...new Set(results.map((result) => result.scenarioId))].sort()
  const rows = ids.map((id) => {
    const own = results.filter((result) => result.scenarioId === id)
    const seconds = own.reduce((sum, result) => sum + result.seconds, 0)
    const counts = sorts.map((sort) =>
      count(own.filter(({ step }) => sort.some((beginning) => step.startsWith(beginning)))),
    )
    const resets = resetsOf(own)
    const reset = resets.length > 0 ? `${percentile(resets, 50)}/${percentile(resets, 100)}` : '-'
    return [id, own.every((result) => result.ok) ? 'yes' : 'NO', ...counts, reset, seconds.toFixed(0)]
  })
  return alignColumns([header, ...rows])
}

/** Rows as lines, each column as wide as its longest cell. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
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

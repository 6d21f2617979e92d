// The results of a proof as text: a row for each statement, a table of scenarios, the mutants that nobody noticed.
import type { Mutant } from '../lab/verify/mutate.ts'
import type { VerifyResult } from '../lab/verify/verify.ts'

const header = ['SCENARIO', 'PROVED', 'NOTHING', 'SOLVED', 'ALSO', 'REFUSED', 'STANDING', 'SECONDS']
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

/** A table: how many statements of each sort hold, of how many; `-` where there are none. */
export function verifyTable(results: readonly VerifyResult[]): string {
  const ids = [...new Set(results.map((result) => result.scenarioId))].sort()
  const rows = ids.map((id) => {
    const own = results.filter((result) => result.scenarioId === id)
    const seconds = own.reduce((sum, result) => sum + result.seconds, 0)
    const counts = sorts.map((sort) =>
      count(own.filter(({ step }) => sort.some((beginning) => step.startsWith(beginning)))),
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

// The verdicts of two proofs side by side: those of a real cluster beside those of embedded ones.
import type { VerifyResult } from '../lab/verify/verify.ts'
import { alignColumns } from './verify-table.ts'

/** What two proofs say of the statements of a scenario that both of them tried. */
export interface ScenarioComparison {
  scenarioId: string
  statements: number
  /** How many of them hold here, and there. */
  here: number
  there: number
  /** The statements that hold in one only, and why they do not in the other. */
  differing: { step: string; isHere: boolean; detail: string }[]
}

/** Compares statement by statement; what only one proof tried says nothing. */
export function compareResults(here: readonly VerifyResult[], there: readonly VerifyResult[]): ScenarioComparison[] {
  const nameOf = ({ scenarioId, step, variant }: VerifyResult) => JSON.stringify([scenarioId, step, variant])
  const others = new Map(there.map((result) => [nameOf(result), result]))
  const pairs = here.flatMap((result) => {
    const other = others.get(nameOf(result))
    return other ? [{ here: result, there: other }] : []
  })
  const ids = [...new Set(pairs.map((pair) => pair.here.scenarioId))].sort()
  return ids.map((scenarioId) => {
    const own = pairs.filter((pair) => pair.here.scenarioId === scenarioId)
    return {
      scenarioId,
      statements: own.length,
      here: own.filter((pair) => pair.here.ok).length,
      there: own.filter((pair) => pair.there.ok).length,
      differing: own
        .filter((pair) => pair.here.ok !== pair.there.ok)
        .map((pair) => ({
          step: pair.here.step,
          isHere: pair.here.ok,
          detail: pair.here.ok ? pair.there.detail : pair.here.detail,
        })),
    }
  })
}

/** The comparison as a table, with a line for each statement on which the two differ. */
export function comparisonTable(comparison: readonly ScenarioComparison[], fileName: string): string {
  const rows = comparison.map(({ scenarioId, statements, here, there, differing }) => [
    scenarioId,
    `${here}/${statements}`,
    `${there}/${statements}`,
    differing.length === 0 ? 'same' : `${differing.length} DIFFER`,
  ])
  const lines = comparison.flatMap(({ scenarioId, differing }) =>
    differing.map(
      ({ step, isHere, detail }) =>
        `✕ ${scenarioId}: ${step} holds only ${isHere ? 'here' : `in ${fileName}`}: ${detail}`,
    ),
  )
  const statements = comparison.reduce((sum, row) => sum + row.statements, 0)
  const same = statements - lines.length
  return [
    alignColumns([['SCENARIO', 'HERE', fileName, 'VERDICTS'], ...rows]),
    ...lines,
    '',
    `${same} of ${statements} statements of ${comparison.length} scenarios have the same verdict in both.`,
  ].join('\n')
}

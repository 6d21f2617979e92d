// Which scenario to offer after this one. Pure.
import type { Attempt, ScenarioSummary } from '@taskmaster-lab/server/contract'
import { filterScenarios } from './filter-scenarios.ts'

/** Ids of the scenarios that have been solved in any of the attempts. */
export function solvedScenarios(attempts: Pick<Attempt, 'scenarioId' | 'state'>[]): Set<string> {
  return new Set(attempts.filter(({ state }) => state === 'solved').map(({ scenarioId }) => scenarioId))
}

/** The first unsolved scenario after `currentId` in the catalogue's order, from its beginning when none follows. */
export function nextScenario(
  scenarios: ScenarioSummary[],
  solved: Set<string>,
  currentId: string,
): ScenarioSummary | undefined {
  const inOrder = filterScenarios(scenarios, '', undefined)
  const at = inOrder.findIndex(({ id }) => id === currentId)
  return [...inOrder.slice(at + 1), ...inOrder.slice(0, Math.max(at, 0))].find(({ id }) => !solved.has(id))
}

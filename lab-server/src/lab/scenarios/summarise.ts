import type { ScenarioSummary } from '../../contract/scenarios.ts'
import type { Scenario } from './scenario.ts'

/** What the catalogue shows of a scenario before anybody started it: nothing of its cause. */
export function summarise({ id, title, level, minutes, tags, domains }: Scenario): ScenarioSummary {
  return { id, title, level, minutes, tags, domains }
}

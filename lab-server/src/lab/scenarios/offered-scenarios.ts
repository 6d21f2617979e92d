// Which scenarios can run here: some need more than a namespace of somebody's cluster, some an API that an old one lacks.
import { kindInVersion } from '../kubernetes/unserved-kinds.ts'
import type { Catalogue, Scenario, ScenarioNeed } from './scenario.ts'

/** What a place gives to scenarios. */
export interface Offer {
  has: ReadonlySet<ScenarioNeed>
  /** Kinds that are not served there, as `batch/v1 CronJob`. */
  lacks: ReadonlySet<string>
}

/** The scenarios whose needs are met, and a line for each that is withheld. */
export function offeredScenarios(
  catalogue: Catalogue,
  { has, lacks }: Offer,
): { offered: Catalogue; withheld: string[] } {
  const missing = (scenario: Scenario) => [
    ...(scenario.needs ?? []).filter((need) => !has.has(need)).map(words),
    ...createdKinds(scenario).filter((kind) => lacks.has(kind)),
  ]
  const scenarios = [...catalogue.values()]
  const isOffered = (scenario: Scenario) => missing(scenario).length === 0
  return {
    offered: new Map(scenarios.filter(isOffered).map((found) => [found.id, found])),
    withheld: scenarios
      .filter((scenario) => !isOffered(scenario))
      .map((scenario) => `${scenario.id} is not offered: it needs ${missing(scenario).join(' and ')}.`),
  }
}

/** What its set-up and its faults create, each kind once. */
function createdKinds({ setup = [], faults }: Scenario): string[] {
  const created = [...setup, ...faults].flatMap((fault) => ('create' in fault ? [kindInVersion(fault.create)] : []))
  return [...new Set(created)]
}

const words = (need: ScenarioNeed) =>
  need === 'ingress' ? 'an ingress controller that the lab reaches (LAB_INGRESS_URL)' : 'a cluster of its own'

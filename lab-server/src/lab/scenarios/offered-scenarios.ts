// Which scenarios can run here: some need more than a namespace of somebody's cluster.
import type { Catalogue, ScenarioNeed } from './scenario.ts'

/** The scenarios whose needs are met, and a line for each that is withheld. */
export function offeredScenarios(
  catalogue: Catalogue,
  has: ReadonlySet<ScenarioNeed>,
): { offered: Catalogue; withheld: string[] } {
  const missing = (needs: readonly ScenarioNeed[] = []) => needs.filter((need) => !has.has(need))
  const scenarios = [...catalogue.values()]
  const withheld = scenarios.filter(({ needs }) => missing(needs).length > 0)
  return {
    offered: new Map(scenarios.filter(({ needs }) => missing(needs).length === 0).map((found) => [found.id, found])),
    withheld: withheld.map(
      ({ id, needs }) => `${id} is not offered: it needs ${missing(needs).map(words).join(' and ')}.`,
    ),
  }
}

const words = (need: ScenarioNeed) =>
  need === 'ingress' ? 'an ingress controller that the lab reaches (LAB_INGRESS_URL)' : 'a cluster of its own'

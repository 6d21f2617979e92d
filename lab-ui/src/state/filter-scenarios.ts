// Filter as you type: every word must occur somewhere in what the list shows. Pure.
import type { ScenarioSummary } from '@taskmaster-lab/server/contract'

/** The scenarios that match all words of `query`, easiest first. */
export function filterScenarios(
  scenarios: ScenarioSummary[],
  query: string,
  level: number | undefined,
): ScenarioSummary[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return scenarios
    .filter((scenario) => level === undefined || scenario.level === level)
    .filter((scenario) => {
      const text = [scenario.id, scenario.title, ...scenario.tags, ...scenario.domains, `level ${scenario.level}`]
        .join(' ')
        .toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .toSorted((a, b) => a.level - b.level || a.minutes - b.minutes || a.title.localeCompare(b.title))
}

// A scenario with the names of the place where it runs: its faults and what the student reads.
import type { Sandbox } from '../sandbox.ts'
import type { Scenario } from './scenario.ts'

/** The scenario in this sandbox. */
export function localiseScenario(scenario: Scenario, { localise }: Pick<Sandbox, 'localise'>): Scenario {
  if (!localise) return scenario
  const { cause, setup, faults, checks, hints, brief, debrief } = scenario
  return { ...scenario, ...mapTexts({ cause, setup, faults, checks, hints, brief, debrief }, localise) }
}

/** A copy in which every text has been changed; keys stay. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)])) as T
}

import type { Container } from '../kubernetes/objects.ts'
import { containerPairs } from './containers.ts'
import { type Invariant, outcomeOf } from './invariant.ts'
import { parseQuantity } from './quantity.ts'

/** How far a repair may move from the healthy value, down and up. */
const band = { least: 0.5, most: 2 }

/** Requests and limits are set, and of a sensible size. */
export const resourcesInvariant: Invariant = {
  id: 'INV-3',
  title: 'Requests and limits are set sensibly',
  evaluate(subject) {
    const problems = containerPairs(subject).flatMap(({ workload, before, now }) =>
      resourceProblems(before, now).map((problem) => `${problem} in ${workload}`),
    )
    return outcomeOf(
      'requests and limits of cpu and memory between half and twice the healthy ones',
      problems,
      'within the band',
    )
  },
}

/** What is wrong with a container's resources, compared as quantities and after defaulting. */
export function resourceProblems(before: Container, now: Container): string[] {
  const problems: string[] = []
  for (const group of ['limits', 'requests'] as const) {
    for (const [resource, healthy] of Object.entries(before.resources?.[group] ?? {})) {
      // The API server copies limits into requests that are left out.
      const fallback = group === 'requests' ? now.resources?.limits?.[resource] : undefined
      const live = now.resources?.[group]?.[resource] ?? fallback
      const what = `the ${resource} ${group === 'limits' ? 'limit' : 'request'}`
      const value = parseQuantity(live)
      const wanted = parseQuantity(healthy)
      if (value === undefined || wanted === undefined) problems.push(`${what} was removed (healthy: ${healthy})`)
      else if (value < wanted * band.least) problems.push(`${what} ${live} is far below the healthy ${healthy}`)
      else if (value > wanted * band.most) problems.push(`${what} ${live} is far above the healthy ${healthy}`)
    }
  }
  return problems
}

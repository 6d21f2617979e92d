// Names of objects in a scenario that cannot be right: kinds that the lab does not know, and objects outside the
// namespace that the scenario does not declare.
import { kindPaths } from '../kubernetes/kinds.ts'
import { parseReference } from '../kubernetes/reference.ts'
import type { Fault, Scenario } from './scenario.ts'
import { targetOf } from './target-of.ts'

/** Field and message for each. */
export function referenceProblems({ setup, faults, checks, beyond = [], needs = [] }: Scenario): [string, string][] {
  const found: [string, string][] = []
  const named: [string, string][] = [
    ...beyond.map((reference, index): [string, string] => [`/beyond/${index}`, reference]),
    ...(setup ?? []).flatMap((fault, index) => namesIn(fault, `/setup/${index}`)),
    ...faults.flatMap((fault, index) => namesIn(fault, `/faults/${index}`)),
    ...checks.flatMap(({ resource }, index): [string, string][] =>
      resource ? [[`/checks/${index}/resource/of`, resource.of]] : [],
    ),
  ]
  for (const [field, reference] of named) {
    const kind = reference.split('/').at(-2) ?? ''
    if (!Object.hasOwn(kindPaths, kind)) {
      found.push([field, `${kind} is not a kind that the lab knows; it knows ${Object.keys(kindPaths).join(', ')}`])
    } else if (parseReference(reference).namespace !== undefined && !beyond.includes(reference)) {
      found.push([field, `${reference} is outside the namespace: list it under beyond, so that a reset restores it`])
    }
  }
  if (beyond.length > 0 && !needs.includes('own-cluster')) {
    found.push(['/beyond', 'others would feel it: say needs: [own-cluster]'])
  }
  return found
}

function namesIn(fault: Fault, field: string): [string, string][] {
  if ('create' in fault) return []
  const { operation, reference } = targetOf(fault)
  const drains = 'drain' in fault && Array.isArray(fault.drain) ? fault.drain : []
  return [
    [`${field}/${operation}`, reference],
    ...drains.map((name, index): [string, string] => [`${field}/drain/${index}`, name]),
  ]
}

// How much a pod asks for: containers together, or the greediest init container if that is more.
import { quantityToMilli } from '../../objects/quantity.ts'
import type { Container, Pod } from '../../objects/types.ts'

/** Amounts by resource name, in thousandths: of a core, a byte, a piece. */
export type Resources = Record<string, number>

/** Adds two amounts, resource by resource. */
export function addResources(a: Resources, b: Resources): Resources {
  const sum = { ...a }
  for (const [name, amount] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + amount
  return sum
}

/** Numbers from quantities such as `500m` or `1Gi`. */
export function parseResources(quantities: Record<string, unknown> | undefined): Resources {
  return Object.fromEntries(
    Object.entries(quantities ?? {}).map(([name, text]) => [name, quantityToMilli(text as string)]),
  )
}

/** What the scheduler reserves for a pod. */
export function podRequests(pod: Pod): Resources {
  const { containers = [], initContainers = [], overhead, resources } = pod.spec ?? {}
  let running = containers.map(requestsOf).reduce(addResources, {})
  let sidecars: Resources = {}
  let greediest: Resources = {}
  for (const container of initContainers) {
    if (container.restartPolicy === 'Always') {
      sidecars = addResources(sidecars, requestsOf(container))
      running = addResources(running, requestsOf(container))
      greediest = largest(greediest, sidecars)
    } else {
      greediest = largest(greediest, addResources(sidecars, requestsOf(container)))
    }
  }
  const ofPod = parseResources(resources?.requests)
  return addResources({ ...largest(running, greediest), ...ofPod }, parseResources(overhead))
}

function requestsOf(container: Container): Resources {
  return parseResources(container.resources?.requests)
}

function largest(a: Resources, b: Resources): Resources {
  const result = { ...a }
  for (const [name, amount] of Object.entries(b)) result[name] = Math.max(result[name] ?? 0, amount)
  return result
}

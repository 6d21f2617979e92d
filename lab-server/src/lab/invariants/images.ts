import type { Container } from '../kubernetes/objects.ts'
import { workloadPairs } from './containers.ts'
import { type Invariant, outcomeOf } from './invariant.ts'

/** The application runs its own images, pulled as before. */
export const imagesInvariant: Invariant = {
  id: 'INV-5',
  title: "The workloads run the application's own images",
  evaluate(subject, scenario) {
    const problems: string[] = []
    for (const { name, before, now } of workloadPairs(subject)) {
      const allowed = [
        ...allContainers(before).map((container) => container.image ?? ''),
        ...scenario.invariants.images,
      ]
      const known = new Set(allowed.map(fullImageName))
      for (const container of allContainers(now)) {
        if (!known.has(fullImageName(container.image ?? ''))) {
          problems.push(
            `container ${container.name} of ${name} runs ${container.image}, which is not one of its images`,
          )
        }
        const healthy = allContainers(before).find((candidate) => candidate.name === container.name)
        if (container.imagePullPolicy === 'Never' && healthy?.imagePullPolicy !== 'Never') {
          problems.push(`container ${container.name} of ${name} has pull policy Never`)
        }
      }
    }
    return outcomeOf('the healthy images, and pull policies as before', problems, 'unchanged')
  },
}

/** `nginx` is `docker.io/library/nginx:latest`. */
export function fullImageName(image: string): string {
  const [first = '', ...rest] = image.split('/')
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const name = hasRegistry ? image : rest.length > 0 ? `docker.io/${image}` : `docker.io/library/${image}`
  const last = name.slice(name.lastIndexOf('/'))
  return /[:@]/.test(last) ? name : `${name}:latest`
}

function allContainers(spec: { containers: Container[]; initContainers?: Container[] }): Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers]
}

import type { KindName } from '../kubernetes/kinds.ts'
import type { Deployment, KubeObject } from '../kubernetes/objects.ts'
import { podTemplateOf } from '../world/baseline.ts'
import { isWorkload } from './containers.ts'
import { type Invariant, outcomeOf } from './invariant.ts'

/** Nothing was deleted, scaled down or emptied to make an error go away. */
export const workloadsInvariant: Invariant = {
  id: 'INV-1',
  title: 'Every workload is there, with its replicas',
  evaluate({ baseline, objects }) {
    const problems: string[] = []
    const workloads = Object.entries(baseline.objects).filter(([, object]) => isWorkload(object))
    for (const [name, healthy] of workloads) {
      const live = objects.find<Deployment>(healthy.kind as KindName, healthy.metadata.name)
      if (!live || live.metadata.deletionTimestamp) {
        problems.push(`${name} was deleted`)
        continue
      }
      const before = (healthy as Deployment).spec.replicas ?? 1
      const now = live.spec.replicas ?? 1
      if (now === 0 && before > 0) problems.push(`${name} was scaled to zero`)
      else if (now < before) problems.push(`${name} was scaled from ${before} to ${now}`)
      for (const container of missing(healthy, live, 'containers')) {
        problems.push(`container ${container} of ${name} was removed`)
      }
      for (const container of missing(healthy, live, 'initContainers')) {
        problems.push(`init container ${container} of ${name} was removed`)
      }
    }
    const expected = workloads
      .map(([name, object]) => `${name} ${(object as Deployment).spec.replicas ?? 1}`)
      .join(', ')
    return outcomeOf(`at least ${expected}`, problems, 'all there')
  },
}

/** Names of containers that only the healthy object has. */
function missing(healthy: KubeObject, live: KubeObject, field: 'containers' | 'initContainers'): string[] {
  const names = (object: KubeObject) => (podTemplateOf(object)?.spec[field] ?? []).map(({ name }) => name)
  return names(healthy).filter((name) => !names(live).includes(name))
}

import { formatTime } from '../../clock.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import { groupsOf } from '../http/discovery.ts'
import type { Registry } from '../registry.ts'
import { componentContext } from '../request-context.ts'

const context = componentContext('kube-apiserver')

/** Lists every group and version that the server answers itself, as the aggregator does. */
export async function ensureApiServices(registry: Registry): Promise<void> {
  const kind = registry.core.kinds.find('apiregistration.k8s.io', 'v1', 'apiservices')
  if (kind === undefined) return
  for (const object of apiServices(registry.core.kinds.all())) {
    const key = { name: object.metadata.name ?? '' }
    if (registry.find(kind, key)) continue
    await registry.create(kind, { object, context })
    const status = { conditions: [available(registry.core.clock.now())] }
    await registry.update(kind, key, { context, subresource: 'status', change: (current) => ({ ...current, status }) })
  }
}

function apiServices(kinds: KindDefinition[]): KubeObject[] {
  return [...groupsOf(kinds)].flatMap(([group, versions], index) =>
    versions.map(({ version }, position) => ({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: {
        name: `${version}.${group}`,
        labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' },
      },
      spec: {
        ...(group === '' ? {} : { group }),
        version,
        // Higher comes first.
        groupPriorityMinimum: group === '' ? 18000 : 17800 - index * 10,
        versionPriority: group === '' ? 1 : 15 - position,
      },
    })),
  )
}

function available(nowMs: number) {
  return {
    type: 'Available',
    status: 'True',
    reason: 'Local',
    message: 'Local APIServices are always available',
    lastTransitionTime: formatTime(nowMs),
  }
}

import type { KindTable } from '../../objects/kind-table.ts'
import { compareQuantities, subtractQuantities } from '../../objects/quantity.ts'
import {
  add,
  isInScope,
  missingResources,
  quotaUsage,
  resourcesBehind,
  totalUsage,
  type Usage,
} from '../../objects/quota.ts'
import type { KubeObject, Pod, ResourceQuota } from '../../objects/types.ts'
import type { Store } from '../../store/store.ts'
import { forbidden } from '../errors.ts'
import type { AdmissionRequest, AdmissionStep } from './chain.ts'

/** Refuses what would exceed a quota of its namespace. Counts what is stored, so that a burst of writes cannot slip by. */
export function resourceQuota({ store, kinds }: { store: Store; kinds: KindTable }): AdmissionStep {
  return {
    name: 'ResourceQuota',
    validate(request) {
      const { operation, kind, namespace, subresource, object } = request
      if (namespace === undefined || (operation !== 'CREATE' && operation !== 'UPDATE')) return
      if (operation === 'UPDATE' && (subresource !== undefined || !grows.has(kind.plural))) return
      // Upstream's quotas do not count themselves in, and Events come and go.
      if (kind.plural === 'events') return
      const quotas = store.list('resourcequotas', `${namespace}/`) as unknown as ResourceQuota[]
      for (const quota of quotas) if (isInScope(quota, kind, object)) check(request, quota)
    },
  }

  function check(request: AdmissionRequest, quota: ResourceQuota): void {
    const { kind, name, object, old, operation } = request
    const hard = (quota.spec?.hard ?? {}) as Usage
    const limited = Object.keys(hard).sort()
    if (operation === 'CREATE' && kind.group === '' && kind.kind === 'Pod') refuseUnspecified(request, quota, limited)
    const before = old ? quotaUsage(kind, old) : {}
    const asked = quotaUsage(kind, object)
    const requested: Usage = {}
    for (const resource of limited) {
      if (asked[resource] === undefined) continue
      const more = subtractQuantities(asked[resource], before[resource])
      if (compareQuantities(more, '0') > 0) requested[resource] = more
    }
    if (Object.keys(requested).length === 0) return
    const used = totalUsage(quota, stored(request.namespace ?? '', Object.keys(requested)))
    const sums = add(used, requested)
    const exceeded = Object.keys(requested).filter((resource) => compareQuantities(sums[resource], hard[resource]) > 0)
    if (exceeded.length === 0) return
    const show = (amounts: Usage) => exceeded.map((resource) => `${resource}=${amounts[resource] ?? '0'}`).join(',')
    const why = `exceeded quota: ${quota.metadata.name}, requested: ${show(requested)}, used: ${show(used)}, limited: ${show(hard)}`
    throw forbidden(kind, name, why)
  }

  function* stored(
    namespace: string,
    resources: string[],
  ): Iterable<{ kind: { group: string; plural: string }; object: KubeObject }> {
    for (const qualified of new Set(resources.flatMap(resourcesBehind))) {
      const dot = qualified.indexOf('.')
      const plural = dot < 0 ? qualified : qualified.slice(0, dot)
      const group = dot < 0 ? '' : qualified.slice(dot + 1)
      if (!kinds.all().some((kind) => kind.plural === plural && kind.group === group)) continue
      for (const object of store.list(qualified, `${namespace}/`)) yield { kind: { group, plural }, object }
    }
  }
}

// Only these can use more after a change than before.
const grows = new Set(['pods', 'services', 'persistentvolumeclaims'])

/** A limited amount must be named by every container, or the quota could not be kept. */
function refuseUnspecified({ kind, name, object }: AdmissionRequest, quota: ResourceQuota, limited: string[]): void {
  const missing = missingResources(object as unknown as Pod, limited)
  if (missing.size === 0) return
  const list = [...missing].map(([resource, containers]) => `${resource} for: ${containers.join(',')}`).join('; ')
  throw forbidden(kind, name, `failed quota: ${quota.metadata.name}: must specify ${list}`)
}

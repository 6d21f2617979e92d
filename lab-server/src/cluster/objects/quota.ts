// What objects count against a ResourceQuota. Used to admit writes and to report what is used.
import type { KindDefinition } from './kind-definition.ts'
import { addQuantities, compareQuantities } from './quantity.ts'
import type { Container, KubeObject, PersistentVolumeClaim, Pod, ResourceQuota, Service } from './types.ts'

/** Amounts by quota resource: `pods`, `requests.cpu`, `count/deployments.apps`. */
export type Usage = Record<string, string>

/** Kinds that a quota counts under their own plural beside `count/…`. */
const countedByPlural = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
])

/** What one object uses; empty for a pod that has ended. */
export function quotaUsage(kind: Pick<KindDefinition, 'group' | 'plural'>, object: KubeObject): Usage {
  const qualified = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
  const usage: Usage = { [`count/${qualified}`]: '1' }
  if (kind.group !== '') return usage
  if (kind.plural === 'pods') return { ...usage, ...podUsage(object as unknown as Pod) }
  if (countedByPlural.has(kind.plural)) usage[kind.plural] = '1'
  if (kind.plural === 'services') return { ...usage, ...serviceUsage(object as unknown as Service) }
  if (kind.plural === 'persistentvolumeclaims')
    return { ...usage, ...claimUsage(object as unknown as PersistentVolumeClaim) }
  return usage
}

function podUsage(pod: Pod): Usage {
  if (hasEnded(pod)) return {}
  const usage: Usage = { pods: '1' }
  for (const [name, amount] of Object.entries(podResources(pod, 'requests'))) {
    usage[`requests.${name}`] = amount
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') usage[name] = amount
  }
  for (const [name, amount] of Object.entries(podResources(pod, 'limits'))) usage[`limits.${name}`] = amount
  return usage
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

/** Containers together, or the greediest init container if that is more; sidecars count with both. */
function podResources({ spec }: Pod, part: 'requests' | 'limits'): Usage {
  const of = ({ resources }: Container) => (resources?.[part] ?? {}) as Usage
  let running = (spec?.containers ?? []).map(of).reduce(add, {})
  let sidecars: Usage = {}
  let greediest: Usage = {}
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      sidecars = add(sidecars, of(container))
      running = add(running, of(container))
      greediest = larger(greediest, sidecars)
    } else {
      greediest = larger(greediest, add(sidecars, of(container)))
    }
  }
  return add(larger(running, greediest), (spec?.overhead ?? {}) as Usage)
}

function serviceUsage({ spec }: Service): Usage {
  const ports = spec?.ports?.length ?? 0
  if (spec?.type === 'NodePort') return { 'services.nodeports': String(ports) }
  if (spec?.type !== 'LoadBalancer') return {}
  const nodePorts = spec.allocateLoadBalancerNodePorts === false ? 0 : ports
  return { 'services.loadbalancers': '1', 'services.nodeports': String(nodePorts) }
}

function claimUsage({ spec }: PersistentVolumeClaim): Usage {
  const storage = spec?.resources?.requests?.storage ?? '0'
  const usage: Usage = { 'requests.storage': storage }
  if (spec?.storageClassName) {
    const prefix = `${spec.storageClassName}.storageclass.storage.k8s.io`
    usage[`${prefix}/requests.storage`] = storage
    usage[`${prefix}/persistentvolumeclaims`] = '1'
  }
  return usage
}

/** True when a quota's scopes let it count the object; without scopes it counts everything. */
export function isInScope(
  quota: ResourceQuota,
  kind: Pick<KindDefinition, 'group' | 'plural'>,
  object: KubeObject,
): boolean {
  const { scopes = [], scopeSelector } = quota.spec ?? {}
  const requirements = [
    ...scopes.map((scopeName) => ({ scopeName: scopeName as string, operator: 'Exists', values: [] as string[] })),
    ...(scopeSelector?.matchExpressions ?? []).map(({ scopeName, operator, values }) => ({
      scopeName: scopeName as string,
      operator: operator as string,
      values: values ?? [],
    })),
  ]
  if (requirements.length === 0) return true
  if (kind.group !== '' || kind.plural !== 'pods') return false
  return requirements.every((requirement) => matchesScope(object as unknown as Pod, requirement))
}

function matchesScope(pod: Pod, scope: { scopeName: string; operator: string; values: string[] }): boolean {
  const isTerminating = pod.spec?.activeDeadlineSeconds !== undefined
  const isBestEffort = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].every(
    ({ resources }) => Object.keys({ ...resources?.limits, ...resources?.requests }).length === 0,
  )
  switch (scope.scopeName) {
    case 'Terminating':
      return isTerminating
    case 'NotTerminating':
      return !isTerminating
    case 'BestEffort':
      return isBestEffort
    case 'NotBestEffort':
      return !isBestEffort
    case 'PriorityClass':
      return matchesPriorityClass(pod.spec?.priorityClassName ?? '', scope)
    default:
      return false
  }
}

function matchesPriorityClass(name: string, { operator, values }: { operator: string; values: string[] }): boolean {
  if (operator === 'In') return values.includes(name)
  if (operator === 'NotIn') return !values.includes(name)
  return (operator === 'Exists') === (name !== '')
}

/** The resources that every container must name when a quota limits them, with the containers that do not. */
export function missingResources(pod: Pod, hard: string[]): Map<string, string[]> {
  const missing = new Map<string, string[]>()
  for (const resource of hard) {
    const [, part, name] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(resource) ?? []
    if (name === undefined) continue
    for (const container of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]) {
      const amounts = (container.resources?.[part === 'limits' ? 'limits' : 'requests'] ?? {}) as Usage
      if (amounts[name] !== undefined) continue
      missing.set(resource, [...(missing.get(resource) ?? []), container.name])
    }
  }
  return missing
}

/** Adds amounts, resource by resource. */
export function add(a: Usage, b: Usage): Usage {
  const sum = { ...a }
  for (const [name, amount] of Object.entries(b)) sum[name] = addQuantities(sum[name], amount)
  return sum
}

function larger(a: Usage, b: Usage): Usage {
  const most = { ...a }
  for (const [name, amount] of Object.entries(b)) {
    if (compareQuantities(most[name], amount) < 0) most[name] = amount
  }
  return most
}

/** What a quota's objects use, for the resources it limits. */
export function totalUsage(
  quota: ResourceQuota,
  objects: Iterable<{ kind: Pick<KindDefinition, 'group' | 'plural'>; object: KubeObject }>,
): Usage {
  let total: Usage = {}
  for (const { kind, object } of objects) {
    if (isInScope(quota, kind, object)) total = add(total, quotaUsage(kind, object))
  }
  const hard = Object.keys(quota.spec?.hard ?? {})
  return Object.fromEntries(hard.map((name) => [name, (Object.hasOwn(total, name) && total[name]) || '0']))
}

/** The kinds whose objects a quota must look at for a limited resource, as `plural` or `plural.group`. */
export function resourcesBehind(hard: string): string[] {
  if (hard.startsWith('count/')) return [hard.slice('count/'.length)]
  if (countedByPlural.has(hard)) return [hard]
  if (hard.startsWith('services.')) return ['services']
  if (hard === 'requests.storage' || hard.includes('.storageclass.storage.k8s.io/')) return ['persistentvolumeclaims']
  return ['pods']
}

// What the network knows of the cluster's objects: followed by watch, compiled when something asks.
import type { Client } from '../client.ts'
import type {
  EndpointSlice,
  Ingress,
  IngressClass,
  KindName,
  KindTypes,
  KubeObject,
  Service,
} from '../objects/types.ts'
import { compilePolicies, type PolicyPod, policyPod } from './policy/compile.ts'
import { planRoutes, sliceOwner } from './routing/plan-routes.ts'
import { emptyTable, isHostOf, type Ranges, type RouteTable } from './routing/route-table.ts'

const kinds = [
  'Service',
  'EndpointSlice',
  'Pod',
  'Namespace',
  'NetworkPolicy',
  'Ingress',
  'IngressClass',
  'Secret',
  'ConfigMap',
] as const satisfies KindName[]
type Kind = (typeof kinds)[number]

export interface ClusterView {
  table(): RouteTable
  services(): Service[]
  findService(namespace: string, name: string): Service | undefined
  slicesOf(namespace: string, service: string): EndpointSlice[]
  /** Whether a pod that has not ended has the address. */
  isPodAddress(ip: string): boolean
  ingresses(): Ingress[]
  ingressClasses(): IngressClass[]
  find<K extends Kind>(kind: K, namespace: string, name: string): KindTypes[K] | undefined
  /** Counts changes; equal numbers mean that nothing happened in between. */
  revision(): number
  /** Calls back soon after changes, once for a burst of them. */
  onChange(listener: () => void): void
  follow(client: Client): void
  /** Looks again which ports the machine itself holds. */
  lookAtMachine(): void
  stop(): void
}

export interface ClusterViewOptions {
  /** Parts of the network itself that policies may name. */
  extraPods: PolicyPod[]
  ranges: Ranges
  /** Reads which ports the machine itself holds; see routing/machine-ports.ts. */
  readMachinePorts(): number[]
}

/** Makes an empty view. */
export function makeClusterView({ extraPods, ranges, readMachinePorts }: ClusterViewOptions): ClusterView {
  const objects = new Map<Kind, Map<string, KubeObject>>(kinds.map((kind) => [kind, new Map()]))
  const listeners = new Set<() => void>()
  const stops: (() => void)[] = []
  let revision = 0
  let compiled: { revision: number; table: RouteTable } | undefined
  let notice: NodeJS.Immediate | undefined
  let machinePorts: number[] = []

  const all = <K extends Kind>(kind: K) => [...(objects.get(kind)?.values() ?? [])] as KindTypes[K][]
  const keyOf = (namespace: string | undefined, name: string | undefined) => `${namespace ?? ''}/${name}`

  const changed = () => {
    revision += 1
    notice ??= setImmediate(() => {
      notice = undefined
      for (const listener of listeners) listener()
    })
  }
  const compile = (): RouteTable => {
    const policies = all('NetworkPolicy')
    const pods = policies.length === 0 ? [] : all('Pod').flatMap((pod) => policyPod(pod) ?? [])
    return {
      ...planRoutes(all('Service'), all('EndpointSlice')),
      policies:
        policies.length === 0
          ? emptyTable.policies
          : compilePolicies({ policies, namespaces: all('Namespace'), pods: [...pods, ...extraPods] }),
      machinePorts,
    }
  }

  return {
    table() {
      if (compiled?.revision !== revision) compiled = { revision, table: compile() }
      return compiled.table
    },
    services: () => all('Service'),
    findService: (namespace, name) => objects.get('Service')?.get(keyOf(namespace, name)) as Service | undefined,
    slicesOf: (namespace, service) =>
      all('EndpointSlice').filter((slice) => sliceOwner(slice) === `${namespace}/${service}`),
    isPodAddress: (ip) =>
      all('Pod').some(({ status }) => status?.podIP === ip && !['Succeeded', 'Failed'].includes(status.phase ?? '')),
    ingresses: () => all('Ingress'),
    ingressClasses: () => all('IngressClass'),
    find: <K extends Kind>(kind: K, namespace: string, name: string) =>
      objects.get(kind)?.get(keyOf(namespace, name)) as KindTypes[K] | undefined,
    revision: () => revision,
    onChange: (listener) => listeners.add(listener),
    lookAtMachine() {
      const found = readMachinePorts()
      if (String(found) === String(machinePorts)) return
      machinePorts = found
      changed()
    },
    follow(client) {
      for (const kind of kinds) {
        const known = objects.get(kind)
        const stop = client.watch(kind, ({ type, object }) => {
          const key = keyOf(object.metadata.namespace, object.metadata.name)
          if (type === 'DELETED') known?.delete(key)
          else
            known?.set(
              key,
              kind === 'EndpointSlice' ? withinCluster(object as EndpointSlice, ranges) : (object as KubeObject),
            )
          changed()
        })
        stops.push(stop)
      }
    },
    stop() {
      for (const stop of stops.splice(0)) stop()
      listeners.clear()
      if (notice) clearImmediate(notice)
    },
  }
}

/**
 * A slice without addresses outside the pods: one that a student wrote must not lead to the machine's own servers.
 * Only the API's Service, which no student may write, leads there.
 */
function withinCluster(slice: EndpointSlice, ranges: Ranges): EndpointSlice {
  if (sliceOwner(slice) === 'default/kubernetes') return slice
  const endpoints = slice.endpoints?.filter(({ addresses }) => addresses.every((ip) => isHostOf(ranges, ip))) ?? []
  return endpoints.length === slice.endpoints?.length ? slice : { ...slice, endpoints }
}

// EndpointSlices: what the network balances over. Unlike Endpoints they keep pods that are terminating.
import { isDeepStrictEqual } from 'node:util'
import type { EndpointSlice, Node, Pod, Service } from '../../objects/types.ts'
import { controllerReference } from '../ownership.ts'
import { isPodReady } from '../pod-state.ts'
import { defineController, keyOf, mapKind } from '../runtime.ts'
import {
  hasManagedEndpoints,
  hostnameIn,
  isHeadless,
  lastChange,
  type PodPort,
  podsOfService,
  portsInPod,
  servicesOfPod,
} from './service-pods.ts'

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number]

const managedBy = 'endpointslice.kubernetes.io/managed-by'
const ours = 'endpointslice-controller.k8s.io'
const changeTime = 'endpoints.kubernetes.io/last-change-trigger-time'
/** Endpoints in one slice at most. */
const sliceSize = 100

/** Keeps the EndpointSlices of each Service with a selector. */
export const endpointSliceController = defineController({
  kind: 'Service',
  owns: ['EndpointSlice'],
  watches: [mapKind('Pod', ({ object }, { client }) => servicesOfPod(client, object.metadata.namespace ?? ''))],
  async reconcile(service, { client }) {
    const existing = client
      .listOwned('EndpointSlice', service)
      .filter(({ metadata }) => metadata.labels?.[managedBy] === ours && !metadata.deletionTimestamp)
    if (!hasManagedEndpoints(service)) {
      for (const slice of existing) await client.remove('EndpointSlice', keyOf(slice))
      return undefined
    }
    const pods = podsOfService(service, client.list('Pod', { namespace: service.metadata.namespace ?? '' }))
    const plan = planSlices(service, { pods, existing, nodes: client.list('Node') })
    for (const slice of plan.update) await client.update(slice)
    for (const slice of plan.create) await client.create(slice)
    for (const slice of plan.remove) await client.remove('EndpointSlice', keyOf(slice))
    return undefined
  },
})

/** What has to be written so that the slices show these pods. Slices keep their names as long as their ports exist. */
export function planSlices(
  service: Service,
  { pods, existing, nodes }: { pods: Pod[]; existing: EndpointSlice[]; nodes: Node[] },
) {
  const left = [...existing]
  const create: EndpointSlice[] = []
  const update: EndpointSlice[] = []
  const since = lastChange(service, pods)
  for (const group of groupByPorts(service, pods, nodes)) {
    const index = left.findIndex((slice) => isDeepStrictEqual(slice.ports ?? [], group.ports))
    const current = left.splice(Math.max(0, index), 1)[0]
    const wanted = makeSlice(service, group)
    if (!current) create.push(withTime(wanted, since))
    else if (!isSame(current, wanted)) {
      const { name: _, generateName: __, ...metadata } = wanted.metadata
      update.push(withTime({ ...wanted, metadata: { ...current.metadata, ...metadata } }, since))
    }
  }
  return { create, update, remove: left }
}

interface Group {
  ports: PodPort[]
  endpoints: Endpoint[]
}

function groupByPorts(service: Service, pods: Pod[], nodes: Node[]): Group[] {
  const groups = new Map<string, Group[]>()
  for (const pod of pods) {
    const ports = portsInPod(service, pod)
    if (ports.length === 0 && !isHeadless(service)) continue
    const id = JSON.stringify(ports)
    const chunks = groups.get(id) ?? []
    groups.set(id, chunks)
    const last = chunks.at(-1)
    const endpoint = endpointOf(service, pod, nodes)
    if (last && last.endpoints.length < sliceSize) last.endpoints.push(endpoint)
    else chunks.push({ ports, endpoints: [endpoint] })
  }
  const all = [...groups.values()].flat()
  // A Service without pods still has a slice, so that watchers learn of it.
  return all.length > 0 ? all : [{ ports: [], endpoints: [] }]
}

function endpointOf(service: Service, pod: Pod, nodes: Node[]): Endpoint {
  const serving = isPodReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const tolerant = service.spec?.publishNotReadyAddresses === true
  const { name, namespace, uid } = pod.metadata
  const { nodeName } = pod.spec ?? {}
  const zone = nodes.find((node) => node.metadata.name === nodeName)?.metadata.labels?.['topology.kubernetes.io/zone']
  const hostname = hostnameIn(service, pod)
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: tolerant || (serving && !terminating), serving, terminating },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: 'Pod', ...(namespace ? { namespace } : {}), ...(name ? { name } : {}), ...(uid ? { uid } : {}) },
    ...(zone ? { zone } : {}),
  }
}

function makeSlice(service: Service, { ports, endpoints }: Group): EndpointSlice {
  const { name = '', namespace = '', labels = {} } = service.metadata
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: {
        ...labels,
        [managedBy]: ours,
        'kubernetes.io/service-name': name,
        ...(isHeadless(service) ? { 'service.kubernetes.io/headless': '' } : {}),
      },
      ownerReferences: [controllerReference(service)],
    },
    addressType: 'IPv4',
    endpoints,
    ports,
  }
}

function withTime(slice: EndpointSlice, time: string | undefined): EndpointSlice {
  if (!time) return slice
  const annotations = { ...slice.metadata.annotations, [changeTime]: time }
  return { ...slice, metadata: { ...slice.metadata, annotations } }
}

function isSame(current: EndpointSlice, wanted: EndpointSlice): boolean {
  return (
    isDeepStrictEqual(current.endpoints ?? [], wanted.endpoints) &&
    isDeepStrictEqual(current.ports ?? [], wanted.ports) &&
    isDeepStrictEqual(current.metadata.labels, wanted.metadata.labels)
  )
}

// Endpoints objects: deprecated upstream, but what `kubectl get endpoints` and many tutorials look at.
import { isDeepStrictEqual } from 'node:util'
import type { Endpoints, Pod, Service } from '../../objects/types.ts'
import { isPodReady } from '../pod-state.ts'
import { type ControllerContext, defineController, keyOf, mapKind } from '../runtime.ts'
import { inHashOrder } from './port-order.ts'
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

type Subset = NonNullable<Endpoints['subsets']>[number]
type Address = NonNullable<Subset['addresses']>[number]

const managedBy = 'endpoints.kubernetes.io/managed-by'
const headless = 'service.kubernetes.io/headless'
const changeTime = 'endpoints.kubernetes.io/last-change-trigger-time'

/** Keeps one Endpoints object for each Service with a selector. */
export const endpointsController = defineController({
  kind: 'Service',
  watches: [
    mapKind('Pod', ({ object }, { client }) => servicesOfPod(client, object.metadata.namespace ?? '')),
    mapKind('Endpoints', ({ object }) => [keyOf(object)]),
  ],
  async reconcile(service, { client }) {
    if (!hasManagedEndpoints(service)) return undefined
    const pods = client.list('Pod', { namespace: service.metadata.namespace ?? '' })
    const current = client.find('Endpoints', keyOf(service))
    const wanted = planEndpoints(service, podsOfService(service, pods), current)
    if (!current) await client.create(wanted)
    else if (!isSame(current, wanted))
      await client.update({ ...wanted, metadata: { ...current.metadata, ...wanted.metadata } })
    return undefined
  },
  cleanup: (service, context) => removeEndpoints(keyOf(service), context),
  removed: removeEndpoints,
})

async function removeEndpoints(key: { namespace?: string; name: string }, { client }: ControllerContext) {
  const endpoints = client.find('Endpoints', key)
  const isOurs = endpoints?.metadata.labels?.[managedBy] === 'endpoint-controller'
  if (isOurs) await client.remove('Endpoints', key)
  return undefined
}

/** The Endpoints that a Service has with these pods. */
export function planEndpoints(service: Service, pods: Pod[], current: Endpoints | undefined): Endpoints {
  const subsets = planSubsets(service, pods)
  const { name = '', namespace = '', labels = {} } = service.metadata
  const isUnchanged = current && isDeepStrictEqual(current.subsets ?? [], subsets)
  const since = isUnchanged ? current.metadata.annotations?.[changeTime] : lastChange(service, pods)
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name,
      namespace,
      labels: { ...labels, [managedBy]: 'endpoint-controller', ...(isHeadless(service) ? { [headless]: '' } : {}) },
      annotations: { ...current?.metadata.annotations, ...(since ? { [changeTime]: since } : {}) },
    },
    ...(subsets.length > 0 ? { subsets } : {}),
  }
}

function planSubsets(service: Service, pods: Pod[]): Subset[] {
  const tolerant = service.spec?.publishNotReadyAddresses === true
  const groups = new Map<string, { ports: PodPort[]; ready: Address[]; notReady: Address[] }>()
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp && !tolerant) continue
    const ports = inHashOrder(portsInPod(service, pod))
    if (ports.length === 0 && !isHeadless(service)) continue
    const id = JSON.stringify(ports)
    const group = groups.get(id) ?? { ports, ready: [], notReady: [] }
    groups.set(id, group)
    const list = tolerant || isPodReady(pod) ? group.ready : group.notReady
    list.push(addressOf(service, pod))
  }
  return [...groups.values()].map(({ ports, ready, notReady }) => ({
    ...(ready.length > 0 ? { addresses: ready } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
    ...(ports.length > 0 ? { ports: ports.map(({ name, ...port }) => ({ ...(name ? { name } : {}), ...port })) } : {}),
  }))
}

function addressOf(service: Service, pod: Pod): Address {
  const { name, namespace, uid } = pod.metadata
  const hostname = hostnameIn(service, pod)
  return {
    ip: pod.status?.podIP ?? '',
    ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    ...(hostname ? { hostname } : {}),
    targetRef: { kind: 'Pod', ...(namespace ? { namespace } : {}), ...(name ? { name } : {}), ...(uid ? { uid } : {}) },
  }
}

function isSame(current: Endpoints, wanted: Endpoints): boolean {
  return (
    isDeepStrictEqual(current.subsets ?? [], wanted.subsets ?? []) &&
    isDeepStrictEqual(current.metadata.labels ?? {}, wanted.metadata.labels ?? {})
  )
}

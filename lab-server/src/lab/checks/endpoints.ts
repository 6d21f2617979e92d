import { activeSet } from '../faults/inject.ts'
import type { KindName } from '../kubernetes/kinds.ts'
import {
  type Deployment,
  type EndpointSlice,
  findController,
  type Pod,
  type ReplicaSet,
} from '../kubernetes/objects.ts'
import type { EndpointsCheck } from '../scenarios/scenario.ts'
import type { Objects } from '../world/world.ts'
import { failed, type Outcome, passed, type Subject } from './subject.ts'

/** Who answers for a Service, by identity: pods of the active ReplicaSet, and addresses that are nobody's. */
export interface ServiceEndpoints {
  /** Ready and of the expected workload. */
  ours: string[]
  /** Ready, but a pod of something else; or an address without a pod. */
  strangers: string[]
  /** Of the expected workload, not ready. */
  notReady: string[]
}

/** The endpoints of a Service sorted by whose they are. */
export function endpointsOf(objects: Objects, service: string, workload: string): ServiceEndpoints {
  const ours = new Map(ownPods(objects, workload).map((pod) => [pod.metadata.name, pod]))
  const result: ServiceEndpoints = { ours: [], strangers: [], notReady: [] }
  for (const slice of objects.list<EndpointSlice>('EndpointSlice')) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== service) continue
    for (const endpoint of slice.endpoints ?? []) {
      const name = endpoint.targetRef?.kind === 'Pod' ? endpoint.targetRef.name : undefined
      const pod = name === undefined ? undefined : ours.get(name)
      const isOurs = pod !== undefined && endpoint.addresses.includes(pod.status?.podIP ?? '')
      if (endpoint.conditions?.ready === false) {
        if (isOurs && pod) result.notReady.push(pod.metadata.name)
        continue
      }
      // A slice without ports (a named targetPort that no pod has) sends traffic nowhere.
      if ((slice.ports ?? []).length === 0) continue
      if (isOurs && pod) result.ours.push(pod.metadata.name)
      else if (!isLeaving(objects, name)) result.strangers.push(describeStranger(objects, name, endpoint.addresses))
    }
  }
  return { ...result, ours: [...new Set(result.ours)] }
}

/** The Service sends to ready pods of the active ReplicaSet of the expected Deployment, and to no others. */
export async function checkEndpoints(check: EndpointsCheck, { objects }: Subject): Promise<Outcome> {
  const expected = `Service/${check.service} sends to at least ${check.ready} ready pods of ${check.of}, and to nothing else`
  if (!objects.find('Service', check.service)) return failed(expected, `Service/${check.service} does not exist`)
  const { ours, strangers, notReady } = endpointsOf(objects, check.service, check.of)
  const [stranger] = strangers
  if (stranger !== undefined) {
    return failed(expected, `${stranger} answers for ${check.service} but does not belong to ${check.of}`)
  }
  if (ours.length >= check.ready) return passed(expected, `${ours.length} ready: ${ours.sort().join(', ')}`)
  if (ours.length > 0) return failed(expected, `${ours.length} of ${check.ready} ready`)
  return failed(expected, notReady.length > 0 ? `no ready endpoints; ${notReady.length} not ready` : 'no endpoints')
}

/** Pods of the workload's present template. */
export function ownPods(objects: Objects, workload: string): Pod[] {
  const [kind = '', name = ''] = workload.split('/')
  const owner = objects.find<Deployment>(kind as KindName, name)
  if (!owner) return []
  if (kind !== 'Deployment') {
    return objects.list<Pod>('Pod').filter((pod) => findController(pod)?.uid === owner.metadata.uid)
  }
  const sets = objects.list<ReplicaSet>('ReplicaSet').filter((set) => findController(set)?.uid === owner.metadata.uid)
  const active = activeSet(sets, owner)
  if (!active) return []
  return objects.list<Pod>('Pod').filter((pod) => findController(pod)?.uid === active.metadata.uid)
}

function describeStranger(objects: Objects, pod: string | undefined, addresses: string[]): string {
  if (pod !== undefined && objects.find('Pod', pod)) return `pod ${pod}`
  return `address ${addresses.join(', ')}`
}

/** A pod on its way out may still be listed for a moment: that is a rollout, not an impostor. */
function isLeaving(objects: Objects, name: string | undefined): boolean {
  const pod = name === undefined ? undefined : objects.find<Pod>('Pod', name)
  if (name !== undefined && pod === undefined) return true
  if (pod?.metadata.deletionTimestamp !== undefined) return true
  const set = pod && findController(pod)
  const owner = set?.kind === 'ReplicaSet' ? objects.find<ReplicaSet>('ReplicaSet', set.name) : undefined
  return owner !== undefined && owner.spec.replicas === 0
}

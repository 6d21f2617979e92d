// Which pods stand behind a Service, and where each of its ports leads in a pod.

import type { Client, ObjectKey } from '../../client.ts'
import { matchesPairs } from '../../objects/selectors.ts'
import type { Pod, Service } from '../../objects/types.ts'
import { isPodFinished, podCondition } from '../pod-state.ts'
import { keyOf } from '../runtime.ts'

/** A port of a Service as one pod serves it. */
export interface PodPort {
  name: string
  port: number
  protocol: string
  appProtocol?: string
}

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number]

/** True for Services whose endpoints the cluster keeps: those with a selector that are not mere aliases. */
export function hasManagedEndpoints(service: Service): boolean {
  const { selector, type } = service.spec ?? {}
  return type !== 'ExternalName' && selector !== undefined && Object.keys(selector).length > 0
}

/** Pods with an address that the Service's selector matches, finished ones left out, in the order of addresses. */
export function podsOfService(service: Service, pods: Pod[]): Pod[] {
  return pods
    .filter((pod) => matchesPairs(service.spec?.selector, pod.metadata.labels))
    .filter((pod) => Boolean(pod.status?.podIP) && !isPodFinished(pod))
    .sort((a, b) => compareAddresses(a.status?.podIP ?? '', b.status?.podIP ?? ''))
}

/** The Services whose endpoints a pod is or was part of: all of its namespace, since its labels may have changed. */
export function servicesOfPod(client: Client, namespace: string): ObjectKey[] {
  return client.list('Service', { namespace }).filter(hasManagedEndpoints).map(keyOf)
}

/** The Service's ports as this pod serves them; a named target port that the pod lacks is left out. */
export function portsInPod(service: Service, pod: Pod): PodPort[] {
  return (service.spec?.ports ?? []).flatMap((servicePort) => {
    const port = targetPort(servicePort, pod)
    if (port === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    return [{ name, port, protocol, ...(appProtocol ? { appProtocol } : {}) }]
  })
}

/** True for a Service without a virtual address of its own. */
export function isHeadless(service: Service): boolean {
  return service.spec?.clusterIP === 'None'
}

/** The pod's name in DNS under the Service, when it asks for one. */
export function hostnameIn(service: Service, pod: Pod): string | undefined {
  const { hostname, subdomain } = pod.spec ?? {}
  return hostname && subdomain === service.metadata.name ? hostname : undefined
}

/** When the endpoints last had reason to change: the Service's creation or a pod's change of readiness. */
export function lastChange(service: Service, pods: Pod[]): string | undefined {
  const times = pods.flatMap((pod) => podCondition(pod, 'Ready')?.lastTransitionTime ?? [])
  return [service.metadata.creationTimestamp ?? '', ...times].sort().at(-1) || undefined
}

function targetPort({ targetPort: target, port, protocol = 'TCP' }: ServicePort, pod: Pod): number | undefined {
  if (target === undefined || target === 0 || target === '') return port
  if (typeof target === 'number') return target
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  return [...(pod.spec?.containers ?? []), ...sidecars]
    .flatMap(({ ports }) => ports ?? [])
    .find((one) => one.name === target && (one.protocol ?? 'TCP') === protocol)?.containerPort
}

function compareAddresses(a: string, b: string): number {
  const [left, right] = [a.split('.'), b.split('.')]
  for (const [index, part] of left.entries()) {
    const difference = Number(part) - Number(right[index])
    if (difference) return difference
  }
  return 0
}

// What an API server fills into a pod and into the template of one. They differ: only pods copy limits into requests.
import { quantityOf } from '../quantity.ts'
import type { Container, Pod, PodSpec, PodTemplateSpec } from '../types.ts'
import { applyContainerDefaults, copyLimitsToRequests } from './container-defaults.ts'
import { applyVolumeDefaults } from './volume-defaults.ts'

/** Fills in the defaults of a pod template. */
export function applyTemplateDefaults(template: PodTemplateSpec | null | undefined): void {
  if (!template) return
  template.metadata ??= {}
  if (template.spec) applyPodSpecDefaults(template.spec)
}

/** Fills in the defaults of a pod; a new one is `Pending` and gets its class of service. */
export function applyPodDefaults(pod: Pod): void {
  const { spec } = pod
  if (!spec) return
  applyPodSpecDefaults(spec)
  spec.enableServiceLinks ??= true
  for (const container of allContainers(spec)) copyLimitsToRequests(container)
  pod.status ??= {}
  pod.status.phase ||= 'Pending'
  pod.status.qosClass ||= qosClass(spec)
  // Upstream writes this time even when there is none.
  for (const condition of pod.status.conditions ?? []) condition.lastProbeTime ??= null as unknown as string
}

function applyPodSpecDefaults(spec: PodSpec): void {
  spec.dnsPolicy ||= 'ClusterFirst'
  spec.restartPolicy ||= 'Always'
  spec.securityContext ??= {}
  spec.terminationGracePeriodSeconds ??= 30
  spec.schedulerName ||= 'default-scheduler'
  // Two names of one field: the old one is still written.
  const account = spec.serviceAccountName || spec.serviceAccount
  if (account) {
    spec.serviceAccountName = account
    spec.serviceAccount = account
  }
  for (const container of allContainers(spec)) {
    applyContainerDefaults(container)
    if (spec.hostNetwork) for (const port of container.ports ?? []) port.hostPort ||= port.containerPort
  }
  for (const container of spec.ephemeralContainers ?? []) applyContainerDefaults(container)
  for (const volume of spec.volumes ?? []) applyVolumeDefaults(volume)
}

/** Guaranteed when every container has limits equal to its requests, BestEffort when none asks for anything. */
export function qosClass(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = allContainers(spec)
  const asks = containers.flatMap(({ resources }) => [...amounts(resources?.requests), ...amounts(resources?.limits)])
  if (asks.length === 0) return 'BestEffort'
  return containers.every(isGuaranteed) ? 'Guaranteed' : 'Burstable'
}

function isGuaranteed({ resources }: Container): boolean {
  return ['cpu', 'memory'].every((resource) => {
    const limit = quantityOf(resources?.limits?.[resource]).nano
    const request = resources?.requests?.[resource]
    return limit > 0n && (request === undefined || quantityOf(request).nano === limit)
  })
}

function amounts(list: Record<string, string> | undefined): string[] {
  return ['cpu', 'memory'].flatMap((resource) => {
    const amount = list?.[resource]
    return amount !== undefined && quantityOf(amount).nano > 0n ? [amount] : []
  })
}

function allContainers(spec: PodSpec): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
}

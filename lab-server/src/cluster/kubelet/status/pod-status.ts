// The whole `status` of a pod from what the kubelet knows, one pure function.
import { formatTime } from '../../clock.ts'
import { quantityToMilli } from '../../objects/quantity.ts'
import type { Pod, PodStatus } from '../../objects/types.ts'
import type { ContainerRecord } from '../container-state.ts'
import { type PodContainer, podContainers } from '../pod-containers.ts'
import { containerStatus, resourcesInEffect } from './container-status.ts'
import { podConditions } from './pod-conditions.ts'
import { podPhase } from './pod-phase.ts'
import { podResources } from './pod-resources.ts'

/** What a pod's status follows from. */
export interface PodStatusInput {
  /** The live pod: its spec, and conditions that others wrote. */
  pod: Pod
  recordOf(name: string): ContainerRecord
  hostIp: string
  podIp?: string
  hasSandbox: boolean
  startTimeMs: number
  /** Nothing of the pod runs, or ever will again. */
  isOver: boolean
  /** The kubelet itself ended the pod: `DeadlineExceeded`, `Evicted`, … */
  verdict?: { reason: string; message: string }
  nowMs: number
}

/** Composes the status that the API server is told. */
export function podStatus(input: PodStatusInput): PodStatus {
  const { pod, recordOf, nowMs } = input
  const containers = podContainers(pod)
  const restartPolicy = pod.spec?.restartPolicy ?? 'Always'
  const phase = input.verdict ? 'Failed' : podPhase(containers, recordOf, { isOver: input.isOver, restartPolicy })
  const hasSandbox = input.hasSandbox && phase !== 'Succeeded' && phase !== 'Failed'
  const statuses = (...roles: PodContainer['role'][]) =>
    containers.filter(({ role }) => roles.includes(role)).map((c) => containerStatus(c, recordOf(c.name)))
  const inits = statuses('init', 'sidecar')
  const ephemeral = statuses('ephemeral')
  const resources = podResources(pod)
  const generation = pod.metadata.generation

  return {
    ...(resources.requests ? { allocatedResources: resources.requests } : {}),
    conditions: podConditions({
      pod,
      containers,
      recordOf,
      phase,
      hasSandbox,
      nowMs,
      ...(input.verdict?.reason === 'Evicted' ? { eviction: input.verdict.message } : {}),
    }),
    containerStatuses: statuses('main'),
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    hostIP: input.hostIp,
    hostIPs: [{ ip: input.hostIp }],
    ...(inits.length > 0 ? { initContainerStatuses: inits } : {}),
    ...(input.verdict ? { message: input.verdict.message } : {}),
    ...(pod.status?.nominatedNodeName ? { nominatedNodeName: pod.status.nominatedNodeName } : {}),
    ...(generation ? { observedGeneration: generation } : {}),
    phase,
    ...(input.podIp ? { podIP: input.podIp, podIPs: [{ ip: input.podIp }] } : {}),
    qosClass: pod.status?.qosClass ?? qosClass(pod),
    ...(input.verdict ? { reason: input.verdict.reason } : {}),
    resources,
    startTime: formatTime(input.startTimeMs),
  }
}

/** Guaranteed when every container limits CPU and memory to what it requests, BestEffort when none asks for any. */
export function qosClass(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const effects = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].map(resourcesInEffect)
  const names = ['cpu', 'memory'] as const
  const asksForNothing = effects.every(({ requests }) =>
    names.every((name) => !(quantityToMilli(requests?.[name]) > 0)),
  )
  if (asksForNothing) return 'BestEffort'
  const isGuaranteed = effects.every(({ limits, requests }) =>
    names.every(
      (name) => limits?.[name] !== undefined && quantityToMilli(limits[name]) === quantityToMilli(requests?.[name]),
    ),
  )
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}

// The containers of the baseline beside those of the live objects: what most invariants compare.
import type { Subject } from '../checks/subject.ts'
import type { KindName } from '../kubernetes/kinds.ts'
import type { Container, KubeObject, PodSpec } from '../kubernetes/objects.ts'
import { podTemplateOf } from '../world/baseline.ts'

export const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const satisfies readonly KindName[]

/** A workload that exists in the baseline and now. */
export interface WorkloadPair {
  /** `Deployment/backend` */
  name: string
  before: PodSpec
  now: PodSpec
}

export interface ContainerPair {
  workload: string
  before: Container
  now: Container
}

/** Baseline workloads that still exist; the others are the business of INV-1. */
export function workloadPairs({ baseline, objects }: Subject): WorkloadPair[] {
  return Object.entries(baseline.objects).flatMap(([name, healthy]) => {
    if (!isWorkload(healthy)) return []
    const live = objects.find(healthy.kind as KindName, healthy.metadata.name)
    const before = podTemplateOf(healthy)?.spec
    const now = live && podTemplateOf(live)?.spec
    return before && now ? [{ name, before, now }] : []
  })
}

/** Containers of the baseline with their live counterparts, by name. */
export function containerPairs(subject: Subject): ContainerPair[] {
  return workloadPairs(subject).flatMap(({ name, before, now }) =>
    before.containers.flatMap((container) => {
      const live = now.containers.find((candidate) => candidate.name === container.name)
      return live ? [{ workload: name, before: container, now: live }] : []
    }),
  )
}

/** Whether an object runs pods for as long as it exists. */
export function isWorkload(object: KubeObject): boolean {
  return (workloadKinds as readonly string[]).includes(object.kind)
}

// The few things that the steps of a pod's worker may do.
import type { EventReport } from '../client.ts'
import type { Pod } from '../objects/types.ts'
import { type ContainerEvent, type ContainerRecord, newContainerRecord, nextContainerState } from './container-state.ts'
import type { KubeletContext } from './kubelet-context.ts'
import { type PodContainer, podContainers } from './pod-containers.ts'
import type { PodState } from './pod-state.ts'

/** What a step of the worker works with. */
export interface PodScope {
  readonly context: KubeletContext
  readonly state: PodState
  /** Aborted when the pod is being deleted or the kubelet stops: long steps then give way. */
  readonly signal: AbortSignal
  recordOf(name: string): ContainerRecord
  apply(name: string, event: ContainerEvent): void
  report(event: Omit<EventReport, 'component' | 'host'>): void
  /** Writes the status as it is now. */
  publish(): Promise<void>
  /** Runs the worker again, now or at `atMs`. */
  wake(atMs?: number): void
}

type ScopeActions = Pick<PodScope, 'publish' | 'wake' | 'signal'>

/** Makes the scope of a pod's worker. */
export function makePodScope(context: KubeletContext, state: PodState, actions: ScopeActions): PodScope {
  const recordOf = (name: string) => state.records.get(name) ?? newContainerRecord(firstReason(state.pod, name))
  return {
    context,
    state,
    signal: actions.signal,
    recordOf,
    apply: (name, event) => state.records.set(name, nextContainerState(recordOf(name), event, context.clock.now())),
    report: (event) => context.client.report(state.pod, { component: 'kubelet', host: context.nodeName, ...event }),
    publish: actions.publish,
    wake: actions.wake,
  }
}

/** Finds a container of the pod by name. */
export function findContainer(pod: Pod, name: string): PodContainer | undefined {
  return podContainers(pod).find((container) => container.name === name)
}

/** What a container waits for before anything was tried: upstream says PodInitializing where there are init containers. */
function firstReason(pod: Pod, name: string): string {
  const inits = pod.spec?.initContainers ?? []
  return inits.length > 0 && !pod.spec?.ephemeralContainers?.some((c) => c.name === name)
    ? 'PodInitializing'
    : 'ContainerCreating'
}

// Everything one pod's worker holds, and the few things its steps may do with it.
import type { EventReport } from '../client.ts'
import type { Pod } from '../objects/types.ts'
import type { ResourceLimits, RunningContainer } from './container-runtime.ts'
import { type ContainerEvent, type ContainerRecord, newContainerRecord, nextContainerState } from './container-state.ts'
import type { KubeletContext } from './kubelet-context.ts'
import { type PodContainer, podContainers } from './pod-containers.ts'
import type { PodVolumes } from './volumes/pod-volumes.ts'

/** Why a running container is to be ended, and how long it may take. */
export interface KillRequest {
  message: string
  graceSeconds: number
}

/** How long pulling an image is held back after a failure. */
export interface PullBackoff {
  delayMs: number
  untilMs: number
  failure: string
}

/** What the kubelet knows of one pod beside the object itself. */
export interface PodState {
  /** The newest version of the object. */
  pod: Pod
  records: Map<string, ContainerRecord>
  running: Map<string, RunningContainer>
  /** Resolves when a running container has ended and its record says so. */
  endings: Map<string, Promise<void>>
  /** The ended instance of each container whose log is kept. */
  ended: Map<string, string>
  /** Image with which each running container was started. */
  images: Map<string, string>
  /** Limits that each running container has. */
  limits: Map<string, ResourceLimits>
  volumes: PodVolumes
  podIp?: string
  hasSandbox: boolean
  startTimeMs: number
  /** The node has agreed to run it. */
  isAdmitted: boolean
  isOver: boolean
  /** Its address and folders are given back. */
  isFreed: boolean
  verdict?: { reason: string; message: string }
  /** Why the node wants the pod gone. */
  eviction?: { reason: string; message: string }
  kills: Map<string, KillRequest>
  /** Not before this instant may a container's start be tried again. */
  holds: Map<string, number>
  pulls: Map<string, PullBackoff>
  /** When the next BackOff event of a container is due. */
  nextBackOffEvents: Map<string, number>
  mountRetry: { delayMs: number; untilMs: number }
  /** Ends a container's probes. */
  stopProbes: Map<string, () => void>
}

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

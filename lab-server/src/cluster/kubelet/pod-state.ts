// Everything that the kubelet holds of one pod.
import type { Pod } from '../objects/types.ts'
import { adoptRecords } from './adopt-pod.ts'
import type { ResourceLimits, RunningContainer } from './container-runtime.ts'
import type { ContainerRecord } from './container-state.ts'
import type { KubeletContext } from './kubelet-context.ts'
import { nodeAllocatable } from './node/node-capacity.ts'
import { makePodVolumes, type PodVolumes } from './volumes/pod-volumes.ts'

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

/** How the wait for a container's next start has been shown so far. */
export interface BackOffShown {
  /** The instance whose end it follows. */
  endedId: string
  /** When the worker looks next because of the container's probes, and how often it still will. */
  nextLookMs: number
  looksLeft: number
  /** When the worker tries to start the container. */
  retryMs: number
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
  /** When a pull that no registry answers will be given up, by image. */
  pulling: Map<string, number>
  backOffs: Map<string, BackOffShown>
  mountRetry: { delayMs: number; untilMs: number }
  /** Ends a container's probes. */
  stopProbes: Map<string, () => void>
}

/** The state of a pod that was found: new, or left by an earlier kubelet. */
export function makePodState(context: KubeletContext, pod: Pod): PodState {
  const nowMs = context.clock.now()
  const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
  return {
    pod,
    records: adoptRecords(pod, nowMs),
    running: new Map(),
    endings: new Map(),
    ended: new Map(),
    images: new Map(),
    limits: new Map(),
    volumes: makePodVolumes(context, pod.metadata.uid ?? '', nodeAllocatable()),
    ...(pod.status?.podIP ? { podIp: pod.status.podIP } : {}),
    hasSandbox: false,
    startTimeMs: Date.parse(pod.status?.startTime ?? '') || nowMs,
    isOver,
    ...(isOver && pod.status?.reason
      ? { verdict: { reason: pod.status.reason, message: pod.status.message ?? '' } }
      : {}),
    isFreed: false,
    // What an earlier kubelet took in stays.
    isAdmitted: pod.status?.startTime !== undefined,
    kills: new Map(),
    holds: new Map(),
    pulls: new Map(),
    pulling: new Map(),
    backOffs: new Map(),
    mountRetry: { delayMs: 0, untilMs: 0 },
    stopProbes: new Map(),
  }
}

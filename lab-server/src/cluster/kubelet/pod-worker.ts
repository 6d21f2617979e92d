// One worker per pod: never runs twice at once, is told that something changed, and looks at the pod as it is then.
import { isDeepStrictEqual } from 'node:util'
import type { Timer } from '../clock.ts'
import type { ObjectMeta, Pod } from '../objects/types.ts'
import { adoptRecords } from './adopt-pod.ts'
import type { KubeletContext } from './kubelet-context.ts'
import { nodeAllocatable } from './node/node-capacity.ts'
import { referencesObject, type SourceKind } from './pod-references.ts'
import { makePodScope, type PodScope, type PodState } from './pod-scope.ts'
import { makeStatusWriter } from './status/status-writer.ts'
import { syncPod } from './sync-pod.ts'
import { freePod, terminatePod } from './terminate-pod.ts'
import { makePodVolumes } from './volumes/pod-volumes.ts'
import { outgrownVolume } from './volumes/volume-usage.ts'

/** How long a forced deletion leaves containers to end. */
const forcedGraceMs = 1_000
const failureRetryMs = 10_000

/** The kubelet's hold on one pod. */
export interface PodWorker {
  readonly state: PodState
  /** Takes a newer version of the object. */
  update(pod: Pod): void
  /** The object is gone: ends what still runs, without a word to the API server. */
  vanish(): Promise<void>
  /** An object of the pod's namespace is new or has changed: a pod that waits for it need not wait longer. */
  sourceChanged(kind: SourceKind, object: { metadata: ObjectMeta }): void
  /** Writes changed ConfigMaps and Secrets into the pod's volumes. */
  refreshVolumes(): Promise<void>
  /** Asks for the pod's end when a volume of its own has outgrown its limit. */
  checkUsage(): Promise<void>
  /** Stops working; processes are the runtime's to end. */
  stop(): Promise<void>
}

/** Starts working on `pod`. `onError` hears of what was not expected; the worker tries again. */
export function startPodWorker(context: KubeletContext, pod: Pod, onError: (error: unknown) => void): PodWorker {
  const { clock } = context
  const state = makePodState(context, pod)
  const stopping = new AbortController()
  let isStopped = false
  let isDirty = false
  let isWorking = false
  let work = Promise.resolve()
  let timer: { timer: Timer; atMs: number } | undefined

  const wake = (atMs = 0) => {
    if (isStopped) return
    if (atMs > clock.now()) return wakeLater(atMs)
    isDirty = true
    if (!isWorking) work = run()
  }
  const wakeLater = (atMs: number) => {
    if (timer && timer.atMs <= atMs) return
    timer?.timer.cancel()
    const fire = () => {
      timer = undefined
      wake()
    }
    timer = { atMs, timer: clock.after(atMs - clock.now(), fire) }
  }
  const scope: PodScope = makePodScope(context, state, {
    wake,
    publish: makeStatusWriter(context, state, {
      recordOf: (name) => scope.recordOf(name),
      isStopped: () => isStopped,
      onError,
    }),
    signal: stopping.signal,
  })

  const run = async () => {
    isWorking = true
    await Promise.resolve()
    while (isDirty && !isStopped) {
      isDirty = false
      try {
        if (state.pod.metadata.deletionTimestamp) {
          await terminatePod(scope)
          break
        }
        await syncPod(scope)
      } catch (error) {
        if (isStopped) return
        onError(error)
        wakeLater(clock.now() + failureRetryMs)
      }
    }
    isWorking = false
  }

  const update = (next: Pod) => {
    const before = state.pod
    state.pod = next
    const isDeleting = next.metadata.deletionTimestamp !== undefined
    if (isDeleting && !before.metadata.deletionTimestamp) stopping.abort()
    // What was wrong with the old spec says nothing of the new one.
    const isChanged = !isDeepStrictEqual(before.spec, next.spec)
    if (isChanged) state.holds.clear()
    const isShorter =
      isDeleting && (next.metadata.deletionGracePeriodSeconds ?? 0) < (before.metadata.deletionGracePeriodSeconds ?? 0)
    if (isShorter) {
      const graceMs = Math.max(1, next.metadata.deletionGracePeriodSeconds ?? 0) * 1000
      for (const running of state.running.values()) void running.stop(graceMs)
    }
    if (isDeleting !== Boolean(before.metadata.deletionTimestamp) || isChanged) wake()
    else if (hasOtherConditions(before, next)) void scope.publish()
  }

  if (!state.isOver) void scope.publish()
  wake()
  return {
    state,
    update,
    async vanish() {
      isStopped = true
      stopping.abort()
      timer?.timer.cancel()
      for (const end of state.stopProbes.values()) end()
      const stopRunning = () => Promise.all([...state.running.values()].map((running) => running.stop(forcedGraceMs)))
      await stopRunning()
      // A pass that was under way may have started one more.
      await work
      await stopRunning()
      await freePod(scope)
    },
    sourceChanged(kind, { metadata }) {
      const { pod, holds, mountRetry } = state
      const isWaiting = holds.size > 0 || mountRetry.untilMs > clock.now()
      const isOurs = metadata.namespace === pod.metadata.namespace && referencesObject(pod, kind, metadata.name ?? '')
      if (!isWaiting || !isOurs) return
      holds.clear()
      mountRetry.untilMs = 0
      wake()
    },
    refreshVolumes: () =>
      state.isOver ? Promise.resolve() : state.volumes.refresh(state.pod, { podIp: state.podIp ?? '' }),
    async checkUsage() {
      const outgrown = state.isOver || state.eviction ? undefined : await outgrownVolume(state.pod, state.volumes.paths)
      if (!outgrown) return
      const message = `Usage of EmptyDir volume "${outgrown.name}" exceeds the limit "${outgrown.limit}". `
      state.eviction = { reason: 'Evicted', message }
      wake()
    },
    async stop() {
      isStopped = true
      stopping.abort()
      timer?.timer.cancel()
      for (const end of state.stopProbes.values()) end()
    },
  }
}

/** Readiness gates and the like: conditions that others write and Ready depends on. */
function hasOtherConditions(before: Pod, next: Pod): boolean {
  const gates = next.spec?.readinessGates ?? []
  const statusOf = (pod: Pod, type: string) => pod.status?.conditions?.find((c) => c.type === type)?.status
  return gates.some(({ conditionType }) => statusOf(before, conditionType) !== statusOf(next, conditionType))
}

function makePodState(context: KubeletContext, pod: Pod): PodState {
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
    nextBackOffEvents: new Map(),
    mountRetry: { delayMs: 0, untilMs: 0 },
    stopProbes: new Map(),
  }
}

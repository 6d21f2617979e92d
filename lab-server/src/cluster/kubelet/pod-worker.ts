// One worker per pod: never runs twice at once, is told that something changed, and looks at the pod as it is then.
import { isDeepStrictEqual } from 'node:util'
import type { ObjectMeta, Pod } from '../objects/types.ts'
import type { KubeletContext } from './kubelet-context.ts'
import { referencesObject, type SourceKind } from './pod-references.ts'
import { makePodScope, type PodScope } from './pod-scope.ts'
import { makePodState, type PodState } from './pod-state.ts'
import { makeSerialWork } from './serial-work.ts'
import { makeStatusWriter } from './status/status-writer.ts'
import { syncPod } from './sync-pod.ts'
import { freePod, terminatePod } from './terminate-pod.ts'
import { outgrownVolume } from './volumes/volume-usage.ts'

/** How long a forced deletion leaves containers to end. */
const forcedGraceMs = 1_000

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
  stop(): void
}

/** Starts working on `pod`. `onError` hears of what was not expected; the worker tries again. */
export function startPodWorker(context: KubeletContext, pod: Pod, onError: (error: unknown) => void): PodWorker {
  const state = makePodState(context, pod)
  const stopping = new AbortController()
  const step = () => (state.pod.metadata.deletionTimestamp ? terminatePod(scope) : syncPod(scope))
  const work = makeSerialWork(context.clock, step, onError)
  const publish = makeStatusWriter(context, state, {
    recordOf: (name) => scope.recordOf(name),
    isStopped: () => isStopped,
    onError,
  })
  const scope: PodScope = makePodScope(context, state, { wake: work.wake, publish, signal: stopping.signal })
  let isStopped = false

  const halt = () => {
    isStopped = true
    stopping.abort()
    work.stop()
    for (const end of state.stopProbes.values()) end()
  }
  const stopRunning = (graceMs: number) =>
    Promise.all([...state.running.values()].map((running) => running.stop(graceMs)))

  if (!state.isOver) void publish()
  work.wake()
  return {
    state,
    update(next) {
      const change = changeOf(state.pod, next)
      state.pod = next
      // What was wrong with the old spec says nothing of the new one.
      if (change.hasSpec) state.holds.clear()
      if (change.isDeletion) stopping.abort()
      if (change.isSooner) stopRunning(Math.max(1, next.metadata.deletionGracePeriodSeconds ?? 0) * 1000).catch(onError)
      if (change.hasSpec || change.isDeletion) work.wake()
      else if (change.hasGates) void publish()
    },
    async vanish() {
      halt()
      await stopRunning(forcedGraceMs)
      // A pass that was under way may have started one more.
      await work.settled()
      await stopRunning(forcedGraceMs)
      await freePod(scope)
    },
    sourceChanged(kind, { metadata }) {
      const { holds, mountRetry } = state
      const isWaiting = holds.size > 0 || mountRetry.untilMs > context.clock.now()
      const isNear = metadata.namespace === state.pod.metadata.namespace
      if (!isWaiting || !isNear || !referencesObject(state.pod, kind, metadata.name ?? '')) return
      holds.clear()
      mountRetry.untilMs = 0
      work.wake()
    },
    async refreshVolumes() {
      if (!state.isOver) await state.volumes.refresh(state.pod, { podIp: state.podIp ?? '' })
    },
    async checkUsage() {
      if (state.isOver || state.eviction) return
      const outgrown = await outgrownVolume(state.pod, state.volumes.paths)
      if (!outgrown) return
      const message = `Usage of EmptyDir volume "${outgrown.name}" exceeds the limit "${outgrown.limit}". `
      state.eviction = { reason: 'Evicted', message }
      work.wake()
    },
    stop: halt,
  }
}

/** What a newer version of a pod changes, as far as the kubelet cares. */
function changeOf(before: Pod, next: Pod) {
  const graceOf = ({ metadata }: Pod) => metadata.deletionGracePeriodSeconds ?? 0
  const wasDeleting = before.metadata.deletionTimestamp !== undefined
  const isDeleting = next.metadata.deletionTimestamp !== undefined
  return {
    hasSpec: !isDeepStrictEqual(before.spec, next.spec),
    isDeletion: isDeleting && !wasDeleting,
    isSooner: wasDeleting && graceOf(next) < graceOf(before),
    hasGates: hasOtherConditions(before, next),
  }
}

/** Readiness gates and the like: conditions that others write and Ready depends on. */
function hasOtherConditions(before: Pod, next: Pod): boolean {
  const gates = next.spec?.readinessGates ?? []
  const statusOf = (pod: Pod, type: string) => pod.status?.conditions?.find((c) => c.type === type)?.status
  return gates.some(({ conditionType }) => statusOf(before, conditionType) !== statusOf(next, conditionType))
}

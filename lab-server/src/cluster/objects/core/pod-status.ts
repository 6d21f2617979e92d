// What `kubectl get pods` says of a pod in READY, STATUS and RESTARTS: one word for many containers.
// The order of the rules is kubectl users' habit, so it is upstream's to the letter.
import { age } from '../human-duration.ts'
import type { Container, ContainerState, ContainerStatus, Pod } from '../types.ts'

/** The summary of a pod that its table row shows. */
export interface PodSummary {
  ready: number
  total: number
  status: string
  restarts: string
}

interface Tally {
  ready: number
  restarts: number
  lastRestart: string | undefined
}

/** Sums up a pod for its row. */
export function podSummary(pod: Pod, nowMs: number): PodSummary {
  const initContainers = pod.spec?.initContainers ?? []
  const sidecars = new Set(initContainers.filter(isSidecar).map((container) => container.name))
  const init = initProgress(pod, sidecars)
  let status = init.reason ?? (isGated(pod) ? 'SchedulingGated' : pod.status?.reason || pod.status?.phase || '')
  let tally = init.all
  if (init.reason === undefined || hasCondition(pod, 'Initialized')) {
    tally = init.sidecars
    const main = mainContainers(pod)
    tally = add(tally, main)
    status = main.reason ?? status
    if (status === 'Completed' && main.isRunning) status = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady'
  }
  return {
    ready: tally.ready,
    total: (pod.spec?.containers.length ?? 0) + sidecars.size,
    status: deletionStatus(pod) ?? status,
    restarts: restartsText(tally, nowMs),
  }
}

function initProgress(pod: Pod, sidecars: Set<string>) {
  const all: Tally = { ready: 0, restarts: 0, lastRestart: undefined }
  const own: Tally = { ready: 0, restarts: 0, lastRestart: undefined }
  const statuses = pod.status?.initContainerStatuses ?? []
  for (const [i, container] of statuses.entries()) {
    countRestarts(all, container)
    const isSidecarStatus = sidecars.has(container.name)
    if (isSidecarStatus) countRestarts(own, container)
    if (container.state?.terminated?.exitCode === 0) continue
    if (isSidecarStatus && container.started) {
      if (container.ready) own.ready++
      continue
    }
    all.ready = own.ready
    const total = pod.spec?.initContainers?.length ?? 0
    return { reason: initReason(container.state, i, total), all, sidecars: own }
  }
  return { reason: undefined, all, sidecars: own }
}

function initReason(state: ContainerState | undefined, index: number, total: number): string {
  const { terminated, waiting } = state ?? {}
  if (terminated) return `Init:${terminatedReason(terminated)}`
  if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`
  return `Init:${index}/${total}`
}

function mainContainers(pod: Pod) {
  const tally: Tally = { ready: 0, restarts: 0, lastRestart: undefined }
  let reason: string | undefined
  let isRunning = false
  // From the last to the first: the first container with something to say has the last word.
  for (const container of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    countRestarts(tally, container)
    const { waiting, terminated, running } = container.state ?? {}
    if (waiting?.reason) reason = waiting.reason
    else if (terminated) reason = terminatedReason(terminated)
    else if (container.ready && running) {
      isRunning = true
      tally.ready++
    }
  }
  return { ...tally, reason, isRunning }
}

function terminatedReason({ reason, signal, exitCode }: NonNullable<ContainerState['terminated']>): string {
  if (reason) return reason
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`
}

function deletionStatus(pod: Pod): string | undefined {
  if (!pod.metadata.deletionTimestamp) return undefined
  if (pod.status?.reason === 'NodeLost') return 'Unknown'
  const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
  return isOver ? undefined : 'Terminating'
}

function countRestarts(tally: Tally, container: ContainerStatus): void {
  tally.restarts += container.restartCount ?? 0
  const finishedAt = container.lastState?.terminated?.finishedAt
  if (finishedAt && (!tally.lastRestart || finishedAt > tally.lastRestart)) tally.lastRestart = finishedAt
}

function add(a: Tally, b: Tally): Tally {
  const [later] = [a.lastRestart, b.lastRestart]
    .filter((time) => time !== undefined)
    .sort()
    .reverse()
  return { ready: a.ready + b.ready, restarts: a.restarts + b.restarts, lastRestart: later }
}

function restartsText({ restarts, lastRestart }: Tally, nowMs: number): string {
  return restarts > 0 && lastRestart ? `${restarts} (${age(lastRestart, nowMs)} ago)` : String(restarts)
}

function isGated(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  )
}

function hasCondition(pod: Pod, wanted: string): boolean {
  return (pod.status?.conditions ?? []).some(({ type, status }) => type === wanted && status === 'True')
}

function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always'
}

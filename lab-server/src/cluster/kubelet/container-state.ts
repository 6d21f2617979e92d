// The life of one container as data: every transition, and when a dead one may start again.
// Knows nothing of processes or time beyond the instants it is given.

/** How one instance of a container ended. */
export interface Termination {
  containerId: string
  exitCode: number
  reason: string
  message?: string
  signal?: number
  /** 0 when it never ran: upstream then shows 1970-01-01. */
  startedAtMs: number
  finishedAtMs: number
}

/** What a container is now. */
export type ContainerPhase =
  | { kind: 'waiting'; reason: string; message?: string }
  | { kind: 'running'; startedAtMs: number }
  | ({ kind: 'terminated' } & Termination)

/** How long the next restart waits, and when that was last decided. */
export interface RestartBackoff {
  delayMs: number
  updatedAtMs: number
}

/** Everything the kubelet remembers of one container of a pod. */
export interface ContainerRecord {
  phase: ContainerPhase
  /** The instance before the one that `phase` is about. */
  last?: Termination
  /** The newest instance, running or not. */
  containerId?: string
  imageName?: string
  imageId?: string
  /** Instances created so far. */
  instances: number
  /** Of those, the ones in the pod's present sandbox: a restart of the node begins a new one. */
  instancesHere: number
  /** Its sandbox is new: it starts whatever its last end was, and without a wait. */
  isFresh?: boolean
  restartCount: number
  /** The startup probe has passed, or there is none and the container runs. */
  started: boolean
  ready: boolean
  backoff?: RestartBackoff
}

/** Something that happened to a container. */
export type ContainerEvent =
  | { type: 'held'; reason: string; message?: string }
  | { type: 'backing-off'; message: string }
  | { type: 'restarting' }
  | { type: 'started'; containerId: string; imageName: string; imageId: string; started: boolean; ready: boolean }
  | {
      type: 'start-failed'
      containerId: string
      imageName: string
      imageId: string
      exitCode: number
      message: string
      /** Nobody will try again: it has ended, instead of waiting for its next start. */
      isFinal?: boolean
    }
  | { type: 'exited'; exitCode: number; oomKilled?: boolean; message?: string }
  | { type: 'hook-failed'; message: string }
  | { type: 'lost' }
  | { type: 'startup-passed'; ready: boolean }
  | { type: 'readiness'; ready: boolean }

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never'

const initialBackoffMs = 10_000
const maxBackoffMs = 300_000

/** A container that nobody has tried to start. */
export function newContainerRecord(reason: string): ContainerRecord {
  return {
    phase: { kind: 'waiting', reason },
    instances: 0,
    instancesHere: 0,
    restartCount: 0,
    started: false,
    ready: false,
  }
}

/** The instance that ended most recently, if any. */
export function lastTermination(record: ContainerRecord): Termination | undefined {
  return record.phase.kind === 'terminated' ? record.phase : record.last
}

/** The record after `event`. */
export function nextContainerState(record: ContainerRecord, event: ContainerEvent, nowMs: number): ContainerRecord {
  switch (event.type) {
    case 'held':
      return { ...stopped(record), phase: waiting(event.reason, event.message) }
    case 'backing-off':
      return { ...stopped(record), phase: waiting('CrashLoopBackOff', event.message) }
    case 'restarting':
      return { ...record, backoff: nextBackoff(record.backoff, lastTermination(record), nowMs) }
    case 'started':
      return {
        ...created(record, event),
        phase: { kind: 'running', startedAtMs: nowMs },
        started: event.started,
        ready: event.ready,
      }
    case 'start-failed': {
      const { containerId, exitCode, message } = event
      const termination = { containerId, exitCode, reason: 'StartError', message, startedAtMs: 0, finishedAtMs: nowMs }
      if (event.isFinal) return { ...created(record, event), phase: { kind: 'terminated', ...termination } }
      return { ...created(record, event), phase: waiting('RunContainerError', message), last: termination }
    }
    case 'exited':
      return { ...record, phase: terminated(record, event, nowMs), started: false, ready: false }
    case 'hook-failed':
      return { ...stopped(record), phase: waiting('PostStartHookError', event.message) }
    case 'lost':
      // The node came back without the process: upstream's words for a container whose end nobody saw.
      if (record.phase.kind !== 'running') return record
      return {
        ...record,
        phase: { ...terminated(record, { exitCode: 255 }, nowMs), reason: 'Unknown' },
        started: false,
        ready: false,
      }
    case 'startup-passed':
      return record.phase.kind === 'running' ? { ...record, started: true, ready: event.ready } : record
    case 'readiness':
      return record.phase.kind === 'running' ? { ...record, ready: event.ready } : record
  }
}

/** Whether and when a container that does not run may be started. */
export type RestartDecision = { kind: 'start' } | { kind: 'wait'; untilMs: number; delayMs: number } | { kind: 'never' }

/** Decides as upstream does: policy first, then the back-off counted from the end of the last instance. */
export function restartDecision(record: ContainerRecord, policy: RestartPolicy, nowMs: number): RestartDecision {
  const last = lastTermination(record)
  if (!last || record.isFresh) return { kind: 'start' }
  if (policy === 'Never' || (policy === 'OnFailure' && last.exitCode === 0)) return { kind: 'never' }
  const { backoff } = record
  if (!backoff || isExpired(backoff, last)) return { kind: 'start' }
  const untilMs = last.finishedAtMs + backoff.delayMs
  return nowMs < untilMs ? { kind: 'wait', untilMs, delayMs: backoff.delayMs } : { kind: 'start' }
}

/** The back-off after one more restart: 10 s doubling to 5 min, forgotten after 10 min without a crash. */
export function nextBackoff(
  backoff: RestartBackoff | undefined,
  last: Termination | undefined,
  nowMs: number,
): RestartBackoff {
  if (!backoff || (last && isExpired(backoff, last))) return { delayMs: initialBackoffMs, updatedAtMs: nowMs }
  return { delayMs: Math.min(backoff.delayMs * 2, maxBackoffMs), updatedAtMs: nowMs }
}

function isExpired(backoff: RestartBackoff, last: Termination): boolean {
  return last.finishedAtMs - backoff.updatedAtMs > 2 * maxBackoffMs
}

function waiting(reason: string, message?: string): ContainerPhase {
  return message === undefined ? { kind: 'waiting', reason } : { kind: 'waiting', reason, message }
}

function stopped(record: ContainerRecord): ContainerRecord {
  const last = lastTermination(record)
  return { ...record, ...(last ? { last } : {}), started: false, ready: false }
}

function created(
  record: ContainerRecord,
  event: { containerId: string; imageName: string; imageId: string },
): ContainerRecord {
  return {
    ...stopped(record),
    containerId: event.containerId,
    imageName: event.imageName,
    imageId: event.imageId,
    instances: record.instances + 1,
    instancesHere: record.instancesHere + 1,
    isFresh: false,
    restartCount: record.instances > 0 ? record.restartCount + 1 : record.restartCount,
  }
}

function terminated(
  record: ContainerRecord,
  end: { exitCode: number; oomKilled?: boolean; message?: string },
  nowMs: number,
): { kind: 'terminated' } & Termination {
  const reason = end.oomKilled ? 'OOMKilled' : end.exitCode === 0 ? 'Completed' : 'Error'
  return {
    kind: 'terminated',
    containerId: record.containerId ?? '',
    exitCode: end.exitCode,
    reason,
    ...(end.message ? { message: end.message } : {}),
    startedAtMs: record.phase.kind === 'running' ? record.phase.startedAtMs : 0,
    finishedAtMs: nowMs,
  }
}

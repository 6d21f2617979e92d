// What a kubelet makes of a pod it finds: new, or left by a kubelet that ran before it. Processes never survive their
// kubelet, so whatever ran is lost and starts again in a new sandbox.
import type { ContainerStatus, Pod } from '../objects/types.ts'
import { type ContainerRecord, newContainerRecord, nextContainerState, type Termination } from './container-state.ts'
import { type PodContainer, podContainers } from './pod-containers.ts'

/** Records of a pod's containers from the status that was last written. */
export function adoptRecords(pod: Pod, nowMs: number): Map<string, ContainerRecord> {
  const { status } = pod
  const known = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ]
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed'
  const records = new Map<string, ContainerRecord>()
  for (const container of podContainers(pod)) {
    const found = known.find(({ name }) => name === container.name)
    if (!found?.containerID) continue
    const record = readRecord(found, nowMs)
    records.set(
      container.name,
      isOver ? record : inNewSandbox(container, nextContainerState(record, { type: 'lost' }, nowMs)),
    )
  }
  return records
}

function readRecord(status: ContainerStatus, nowMs: number): ContainerRecord {
  const { state } = status
  const base: ContainerRecord = {
    ...newContainerRecord('ContainerCreating'),
    containerId: status.containerID ?? '',
    imageName: status.image,
    imageId: status.imageID,
    instances: status.restartCount + 1,
    instancesHere: 1,
    restartCount: status.restartCount,
    ...(status.lastState?.terminated ? { last: readTermination(status.lastState.terminated) } : {}),
  }
  if (state?.running) {
    return { ...base, phase: { kind: 'running', startedAtMs: Date.parse(state.running.startedAt ?? '') || nowMs } }
  }
  if (state?.terminated) return { ...base, phase: { kind: 'terminated', ...readTermination(state.terminated) } }
  const reason = state?.waiting?.reason ?? 'ContainerCreating'
  const message = state?.waiting?.message
  return { ...base, phase: { kind: 'waiting', reason, ...(message ? { message } : {}) } }
}

function readTermination(end: NonNullable<NonNullable<ContainerStatus['state']>['terminated']>): Termination {
  return {
    containerId: end.containerID ?? '',
    exitCode: end.exitCode,
    reason: end.reason ?? 'Error',
    ...(end.message ? { message: end.message } : {}),
    startedAtMs: Date.parse(end.startedAt ?? '') || 0,
    finishedAtMs: Date.parse(end.finishedAt ?? '') || 0,
  }
}

/** Init containers run again; main ones do where their policy lets them; debug containers stay ended. */
function inNewSandbox(container: PodContainer, record: ContainerRecord): ContainerRecord {
  const { role, restartPolicy } = container
  const end = record.phase.kind === 'terminated' ? record.phase : record.last
  const isDone = restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && end?.exitCode === 0)
  if (role !== 'init' && isDone) return record
  return {
    ...record,
    ...(role === 'init' && end ? { last: end, phase: { kind: 'waiting', reason: 'PodInitializing' } as const } : {}),
    instancesHere: 0,
    isFresh: true,
  }
}

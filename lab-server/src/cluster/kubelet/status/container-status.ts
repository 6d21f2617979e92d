// One entry of `status.containerStatuses`, as kubectl reads it.
import { formatTime } from '../../clock.ts'
import type { Container, ContainerState, ContainerStatus, ResourceRequirements } from '../../objects/types.ts'
import { type ContainerRecord, lastTermination, type Termination } from '../container-state.ts'
import type { PodContainer } from '../pod-containers.ts'

/** The status of one container from its spec and what happened to it. */
export function containerStatus(container: PodContainer, record: ContainerRecord): ContainerStatus {
  const { spec, role } = container
  const resources = resourcesInEffect(spec)
  const mounts = spec.volumeMounts ?? []
  const previous = record.phase.kind === 'terminated' ? record.last : lastTermination(record)
  const isDoneInit = role === 'init' && record.phase.kind === 'terminated' && record.phase.exitCode === 0
  // What holds is read from the container: one that was never created has nothing to tell.
  const isHeld = role !== 'ephemeral' && record.containerId !== undefined
  return {
    ...(resources.requests && isHeld ? { allocatedResources: resources.requests } : {}),
    ...(record.containerId ? { containerID: record.containerId } : {}),
    image: record.imageName ?? spec.image ?? '',
    imageID: record.imageId ?? '',
    lastState: previous ? { terminated: terminatedState(previous) } : {},
    name: container.name,
    ready: role === 'init' ? isDoneInit : role === 'ephemeral' ? false : record.ready,
    ...(isHeld ? { resources } : {}),
    restartCount: record.restartCount,
    started: role === 'init' ? record.phase.kind === 'running' : record.started,
    state: containerState(record),
    ...(mounts.length > 0 ? { volumeMounts: mounts.map(mountStatus) } : {}),
  }
}

/** Requests and limits as they hold: a limit without a request is its own request. */
export function resourcesInEffect(spec: Pick<Container, 'resources'>): ResourceRequirements {
  const limits = spec.resources?.limits
  const requests = { ...limits, ...spec.resources?.requests }
  return {
    ...(limits && Object.keys(limits).length > 0 ? { limits } : {}),
    ...(Object.keys(requests).length > 0 ? { requests } : {}),
  }
}

function containerState({ phase }: ContainerRecord): ContainerState {
  switch (phase.kind) {
    case 'waiting':
      return { waiting: { reason: phase.reason, ...(phase.message ? { message: phase.message } : {}) } }
    case 'running':
      return { running: { startedAt: formatTime(phase.startedAtMs) } }
    case 'terminated':
      return { terminated: terminatedState(phase) }
  }
}

function terminatedState(end: Termination): NonNullable<ContainerState['terminated']> {
  return {
    containerID: end.containerId,
    exitCode: end.exitCode,
    finishedAt: formatTime(end.finishedAtMs),
    ...(end.message ? { message: end.message } : {}),
    reason: end.reason,
    startedAt: formatTime(end.startedAtMs),
  }
}

function mountStatus(mount: NonNullable<Container['volumeMounts']>[number]) {
  return {
    mountPath: mount.mountPath,
    name: mount.name,
    ...(mount.readOnly ? { readOnly: true, recursiveReadOnly: 'Disabled' } : {}),
  }
}

import type { ContainerRecord } from '../container-state.ts'
import { lastTermination } from '../container-state.ts'
import type { PodContainer } from '../pod-containers.ts'

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'

/** The pod's phase from its containers; `isOver` when nothing of it runs or ever will. */
export function podPhase(
  containers: PodContainer[],
  recordOf: (name: string) => ContainerRecord,
  { isOver, restartPolicy }: { isOver: boolean; restartPolicy: string },
): PodPhase {
  const mains = containers.filter(({ role }) => role === 'main').map(({ name }) => recordOf(name))
  const inits = containers.filter(({ role }) => role === 'init').map(({ name }) => recordOf(name))
  const sidecars = containers.filter(({ role }) => role === 'sidecar').map(({ name }) => recordOf(name))

  const failedInits = inits.filter((record) => hasFailed(record))
  if (failedInits.length > 0 && restartPolicy === 'Never') return 'Failed'

  const hasBegun = mains.some((record) => record.instancesHere > 0)
  const isInitialized = hasBegun || (inits.every(hasSucceeded) && sidecars.every(({ started }) => started))
  if (!isInitialized && !isOver) return 'Pending'

  const running = mains.filter(({ phase }) => phase.kind === 'running').length
  const stopped = mains.filter((record) => record.phase.kind !== 'running' && lastTermination(record)).length
  if (running + stopped < mains.length) return isOver ? 'Failed' : 'Pending'
  if (running > 0) return 'Running'

  const haveAllSucceeded = mains.every((record) => lastTermination(record)?.exitCode === 0)
  if (isOver) return haveAllSucceeded ? 'Succeeded' : 'Failed'
  if (restartPolicy === 'Always') return 'Running'
  if (sidecars.some(({ phase }) => phase.kind === 'running')) return 'Running'
  if (haveAllSucceeded) return 'Succeeded'
  return restartPolicy === 'Never' ? 'Failed' : 'Running'
}

function hasSucceeded({ phase }: ContainerRecord): boolean {
  return phase.kind === 'terminated' && phase.exitCode === 0
}

function hasFailed({ phase }: ContainerRecord): boolean {
  return phase.kind === 'terminated' && phase.exitCode !== 0
}

import type { PictureNode } from '../../contract/events.ts'
import type { ContainerStatus, Pod } from '../kubernetes/objects.ts'

/** A pod's STATUS as kubectl's column has it, short of rare cases, and how to draw it. */
export function podStatus(pod: Pod): { text: string; tone: PictureNode['tone'] } {
  if (pod.metadata.deletionTimestamp) return { text: 'Terminating', tone: 'busy' }
  const { phase = 'Pending', containerStatuses = [], initContainerStatuses = [], reason } = pod.status ?? {}
  const init = initContainerStatuses.find(
    (container) => container.state?.terminated?.exitCode !== 0 && !container.ready,
  )
  if (init) {
    const why = waitingReason(init)
    return why ? { text: `Init:${why}`, tone: 'bad' } : { text: 'Init', tone: 'busy' }
  }
  const waiting = containerStatuses.map(waitingReason).find((text) => text !== undefined)
  if (waiting === 'ContainerCreating' || waiting === 'PodInitializing') return { text: waiting, tone: 'busy' }
  if (waiting !== undefined) return { text: waiting, tone: 'bad' }
  const ready = containerStatuses.filter((container) => container.ready).length
  const restarts = containerStatuses.reduce((sum, container) => sum + container.restartCount, 0)
  const suffix = restarts > 0 ? `, ${restarts} restarts` : ''
  if (phase !== 'Running')
    return { text: reason ?? phase, tone: phase === 'Succeeded' ? 'ok' : phase === 'Pending' ? 'warn' : 'bad' }
  const isReady = containerStatuses.length > 0 && ready === containerStatuses.length
  return { text: `Running ${ready}/${containerStatuses.length}${suffix}`, tone: isReady ? 'ok' : 'warn' }
}

function waitingReason(container: ContainerStatus): string | undefined {
  return (
    container.state?.waiting?.reason ?? (container.state?.terminated ? container.state.terminated.reason : undefined)
  )
}

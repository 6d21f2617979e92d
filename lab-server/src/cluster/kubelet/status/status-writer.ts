import { isApiError } from '../../apiserver/errors.ts'
import type { ContainerRecord } from '../container-state.ts'
import type { KubeletContext } from '../kubelet-context.ts'
import type { PodState } from '../pod-state.ts'
import { podStatus } from './pod-status.ts'

interface StatusWriterOptions {
  recordOf(name: string): ContainerRecord
  isStopped(): boolean
  /** Hears of a status that could not be written; the next change writes again. */
  onError(error: unknown): void
}

/**
 * Makes the function that writes a pod's status as it is when it is called. Writes go out one after the other and
 * those that pile up behind a slow one become one; each call resolves when a status at least as new is written.
 */
export function makeStatusWriter(
  context: KubeletContext,
  state: PodState,
  { recordOf, isStopped, onError }: StatusWriterOptions,
): () => Promise<void> {
  let current: Promise<void> | undefined
  let next: Promise<void> | undefined

  const write = async () => {
    // Never from inside the watch that told us: a write tells the watch again.
    await Promise.resolve()
    const { name, namespace, uid } = state.pod.metadata
    const live = context.client.find('Pod', { namespace, name: name ?? '' })
    if (isStopped() || !live || live.metadata.uid !== uid) return
    const status = podStatus({
      pod: live,
      recordOf,
      hostIp: context.network.nodeIp,
      // The address is told with the next status, which waits for the pull to end.
      ...(state.podIp && state.pulling.size === 0 ? { podIp: state.podIp } : {}),
      hasSandbox: state.hasSandbox,
      startTimeMs: state.startTimeMs,
      isOver: state.isOver,
      ...(state.verdict ? { verdict: state.verdict } : {}),
      nowMs: context.clock.now(),
    })
    try {
      await context.client.writeStatus(live, status)
    } catch (error) {
      if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict')) onError(error)
    }
  }

  return () => {
    if (next) return next
    if (!current) {
      current = write().finally(() => {
        current = undefined
      })
      return current
    }
    next = current.then(() => {
      next = undefined
      current = write().finally(() => {
        current = undefined
      })
      return current
    })
    return next
  }
}

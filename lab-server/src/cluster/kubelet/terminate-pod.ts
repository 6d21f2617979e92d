// Graceful deletion: containers end, the status says so, and only then the object goes.
import { isApiError } from '../apiserver/errors.ts'
import { stopAll } from './end-pod.ts'
import type { PodScope } from './pod-scope.ts'

/** Ends everything of the pod and removes its object. */
export async function terminatePod(scope: PodScope): Promise<void> {
  await stopAll(scope)
  await removePod(scope)
}

/** Frees what the pod held on the node, then removes the object for good. */
async function removePod(scope: PodScope): Promise<void> {
  const { state, context } = scope
  const { name, namespace, uid } = state.pod.metadata
  state.isOver = true
  state.hasSandbox = false
  await scope.publish()
  await freePod(scope)
  try {
    await context.client.remove(
      'Pod',
      { namespace, name: name ?? '' },
      { gracePeriodSeconds: 0, preconditions: { uid } },
    )
  } catch (error) {
    // Somebody forced the deletion, or a new pod already has the name.
    if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict')) throw error
  }
}

/** Gives back the address, the folders and what ended containers left. */
export async function freePod({ state, context }: PodScope): Promise<void> {
  if (state.isFreed) return
  state.isFreed = true
  context.network.releasePodIp(state.pod.metadata.uid ?? '')
  const ids = [...state.records.values()].flatMap(({ containerId, last }) => [containerId, last?.containerId])
  const known = new Set([...ids, ...state.ended.values()])
  await Promise.all([...known].map((id) => (id ? context.runtime.remove(id).catch(() => {}) : undefined)))
  await state.volumes.remove()
}

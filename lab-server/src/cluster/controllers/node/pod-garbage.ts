// Pods that nobody will ever end: those of nodes that are gone, and unscheduled ones that are being deleted.
import type { Pod } from '../../objects/types.ts'
import { isPodFinished } from '../pod-state.ts'
import { type ControllerContext, defineController, keyOf, mapKind } from '../runtime.ts'
import type { RunResult } from '../work-queue.ts'
import { markDisrupted } from './disruption.ts'

/** How long a node may be missing before its pods are given up. */
const quarantineMs = 40_000

/** Removes pods that no kubelet will remove. */
export const podGarbageCollector = defineController({
  kind: 'Pod',
  watches: [
    mapKind('Node', ({ type, object }, { client }) =>
      type === 'DELETED'
        ? client
            .list('Pod')
            .filter(({ spec }) => spec?.nodeName === object.metadata.name)
            .map(keyOf)
        : [],
    ),
  ],
  reconcile: collect,
  cleanup: collect,
})

async function collect(pod: Pod, context: ControllerContext): Promise<RunResult | undefined> {
  const { client, clock, news } = context
  const { nodeName } = pod.spec ?? {}
  if (!nodeName) {
    if (pod.metadata.deletionTimestamp) await client.remove('Pod', keyOf(pod), { gracePeriodSeconds: 0 })
    return undefined
  }
  if (client.find('Node', { name: nodeName })) {
    news.forget(keyOf(pod))
    return undefined
  }
  // The node may be about to register: looked at again after a while.
  if (news.isNew(pod, 'orphaned')) return { requeueAfterMs: quarantineMs }
  const sinceMs = clock.now() - (news.toldAtMs(pod) ?? 0)
  if (sinceMs < quarantineMs) return { requeueAfterMs: quarantineMs - sinceMs }
  if (!isPodFinished(pod)) {
    const why = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists', phase: 'Failed' }
    await markDisrupted(client, pod, { ...why, nowMs: clock.now() })
  }
  await client.remove('Pod', keyOf(pod), { gracePeriodSeconds: 0 })
  return undefined
}

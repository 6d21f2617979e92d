// Deletes pods from nodes with NoExecute taints, at once or when their toleration ends.
import type { Node, Pod } from '../../objects/types.ts'
import { isPodFinished } from '../pod-state.ts'
import { defineController, keyOf, mapKind } from '../runtime.ts'
import { type Taint, tolerates } from '../scheduler/tolerations.ts'
import { markDisrupted } from './disruption.ts'

/** Evicts pods from tainted nodes. */
export const taintEvictionController = defineController({
  kind: 'Pod',
  watches: [
    mapKind('Node', ({ object }, { client, news }) => {
      // Only a change of taints concerns pods, not every heartbeat of the node.
      if (!news.isNew(object, JSON.stringify(noExecute(object)))) return []
      return client
        .list('Pod')
        .filter(({ spec }) => spec?.nodeName === object.metadata.name)
        .map(keyOf)
    }),
  ],
  async reconcile(pod, { client, clock }) {
    if (!pod.spec?.nodeName || isPodFinished(pod)) return undefined
    const node = client.find('Node', { name: pod.spec.nodeName })
    const dueMs = node && evictionTimeMs(pod, noExecute(node))
    if (dueMs === undefined) return undefined
    if (dueMs > clock.now()) return { requeueAfterMs: dueMs - clock.now() }
    const { namespace, name } = pod.metadata
    const message = `Marking for deletion Pod ${namespace}/${name}`
    client.report(pod, {
      type: 'Normal',
      reason: 'TaintManagerEviction',
      message,
      component: 'taint-eviction-controller',
    })
    const why = { reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' }
    await markDisrupted(client, pod, { ...why, nowMs: clock.now() })
    await client.remove('Pod', keyOf(pod))
    return undefined
  },
})

/** When the pod has to go because of these taints: undefined for never, 0 for at once. */
export function evictionTimeMs(pod: Pod, taints: Taint[]): number | undefined {
  const times = taints.flatMap((taint) => {
    const tolerations = (pod.spec?.tolerations ?? []).filter((toleration) => tolerates(toleration, taint))
    if (tolerations.length === 0) return [0]
    const seconds = tolerations.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? [])
    if (seconds.length < tolerations.length && seconds.length === 0) return []
    const sinceMs = taint.timeAdded ? Date.parse(taint.timeAdded) : 0
    return [sinceMs + Math.max(0, Math.min(...seconds)) * 1000]
  })
  return times.length > 0 ? Math.min(...times) : undefined
}

function noExecute(node: Node): Taint[] {
  return (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute')
}

// Keeps one pod on each suitable node.
import type { DaemonSet } from '../../objects/types.ts'
import { currentRevision, hashOf, planRevisionCleanup } from '../controller-revisions.ts'
import { claim } from '../ownership.ts'
import { createPod, removePod } from '../pod-control.ts'
import { nextAvailableInMs } from '../replicaset/replica-set-status.ts'
import { type ControllerContext, defineController, keyOf, mapKind } from '../runtime.ts'
import type { RunResult } from '../work-queue.ts'
import { tieToNode } from './daemon-pod.ts'
import { hashLabel, planDaemonSet } from './daemon-set-plan.ts'
import { daemonSetStatus } from './daemon-set-status.ts'

const component = 'daemonset-controller'
const generationAnnotation = 'deprecated.daemonset.template.generation'
const generationLabel = 'pod-template-generation'

/** Keeps the pods of DaemonSets. */
export const daemonSetController = defineController({
  kind: 'DaemonSet',
  owns: ['Pod', 'ControllerRevision'],
  watches: [mapKind('Node', (_, { client }) => client.list('DaemonSet').map(keyOf))],
  async reconcile(daemonSet, context): Promise<RunResult | undefined> {
    const { client, clock } = context
    const selector = daemonSet.spec?.selector ?? {}
    const revisions = await claim(client, 'ControllerRevision', daemonSet, selector)
    const revision = await currentRevision(client, daemonSet, { revisions, hashLabel })
    const hash = hashOf(revision, hashLabel)
    const nodes = client.list('Node')
    const pods = await claim(client, 'Pod', daemonSet, selector)

    const isRefused = await act(daemonSet, planDaemonSet(daemonSet, { nodes, pods, hash, nowMs: clock.now() }), {
      hash,
      context,
    })
    const now = client.listOwned('Pod', daemonSet)
    await client.writeStatus(daemonSet, daemonSetStatus(daemonSet, { nodes, pods: now, hash, nowMs: clock.now() }))

    const used = new Set([hash, ...now.map(({ metadata }) => metadata.labels?.[hashLabel])])
    const surplus = planRevisionCleanup(client.listOwned('ControllerRevision', daemonSet), {
      limit: daemonSet.spec?.revisionHistoryLimit,
      inUse: (one) => used.has(hashOf(one, hashLabel)),
    })
    for (const one of surplus) await client.remove('ControllerRevision', keyOf(one))
    if (isRefused) return { backOff: true }
    const minReadySeconds = daemonSet.spec?.minReadySeconds ?? 0
    const requeueAfterMs = nextAvailableInMs({ spec: { minReadySeconds } }, now, clock.now())
    return requeueAfterMs === undefined ? undefined : { requeueAfterMs }
  },
})

/** Carries the plan out; true when something has to be tried again later. */
async function act(
  daemonSet: DaemonSet,
  { create, remove, failed }: ReturnType<typeof planDaemonSet>,
  { hash, context }: { hash: string; context: ControllerContext },
): Promise<boolean> {
  const { client } = context
  for (const pod of failed) {
    const { namespace, name } = pod.metadata
    const message = `Found failed daemon pod ${namespace}/${name} on node ${pod.spec?.nodeName}, will try to kill it`
    client.report(daemonSet, { type: 'Warning', reason: 'FailedDaemonPod', message, component })
  }
  for (const pod of [...failed, ...remove]) await removePod(client, { owner: daemonSet, pod, component })
  const generation =
    daemonSet.metadata.annotations?.[generationAnnotation] ?? String(daemonSet.metadata.generation ?? 1)
  const results = await Promise.allSettled(
    create.map((nodeName) =>
      createPod(client, {
        owner: daemonSet,
        template: daemonSet.spec?.template ?? {},
        component,
        adjust(pod) {
          pod.metadata.labels = { ...pod.metadata.labels, [hashLabel]: hash, [generationLabel]: generation }
          tieToNode(pod, nodeName)
        },
      }),
    ),
  )
  // A failed pod is replaced with growing delay, so that one that always fails does not spin.
  return failed.length > 0 || results.some(({ status }) => status === 'rejected')
}

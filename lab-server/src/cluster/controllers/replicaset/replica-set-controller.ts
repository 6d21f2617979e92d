import { matchesLabelSelector } from '../../objects/selectors.ts'
import type { ReplicaSet } from '../../objects/types.ts'
import { claim, controllerOf } from '../ownership.ts'
import { createPod, removePod } from '../pod-control.ts'
import { isPodActive } from '../pod-state.ts'
import { type ControllerContext, defineController, keyOf, mapKind } from '../runtime.ts'
import type { RunResult } from '../work-queue.ts'
import { planDeletions } from './deletion-order.ts'
import { nextAvailableInMs, type ReplicaFailure, replicaSetStatus } from './replica-set-status.ts'
import { slowStart } from './slow-start.ts'

const component = 'replicaset-controller'
/** Pods made or removed in one run at most. */
const burst = 500

/** Keeps the number of pods a ReplicaSet owns equal to what it asks for. */
export const replicaSetController = defineController({
  kind: 'ReplicaSet',
  owns: ['Pod'],
  watches: [
    // A pod without a controller concerns every ReplicaSet that could adopt it.
    mapKind('Pod', ({ object }, { client }) => {
      if (controllerOf(object) || object.metadata.deletionTimestamp) return []
      const { namespace = '', labels = {} } = object.metadata
      return client
        .list('ReplicaSet', { namespace })
        .filter(({ spec }) => spec && matchesLabelSelector(spec.selector, labels))
        .map(keyOf)
    }),
  ],
  reconcile: (replicaSet, context) => reconcileReplicas(replicaSet, context, component),
})

/** One run for a ReplicaSet or a ReplicationController dressed as one. */
export async function reconcileReplicas(
  replicaSet: ReplicaSet,
  context: ControllerContext,
  reporter: string,
): Promise<RunResult | undefined> {
  const { client, clock } = context
  const pods = await claim(client, 'Pod', replicaSet, replicaSet.spec?.selector ?? {})
  const failure = await manageReplicas(replicaSet, pods.filter(isPodActive), context, reporter)

  const now = await claim(client, 'Pod', replicaSet, replicaSet.spec?.selector ?? {})
  await client.writeStatus(replicaSet, replicaSetStatus(replicaSet, now, failure, clock.now()))

  if (failure) return { backOff: true }
  const requeueAfterMs = nextAvailableInMs(replicaSet, now, clock.now())
  return requeueAfterMs === undefined ? undefined : { requeueAfterMs }
}

async function manageReplicas(
  replicaSet: ReplicaSet,
  active: Parameters<typeof planDeletions>[0],
  { client, clock }: ControllerContext,
  reporter: string,
): Promise<ReplicaFailure | undefined> {
  const missing = (replicaSet.spec?.replicas ?? 1) - active.length
  if (missing > 0) {
    const template = replicaSet.spec?.template ?? {}
    const { error } = await slowStart(Math.min(missing, burst), () =>
      createPod(client, { owner: replicaSet, template, component: reporter }),
    )
    return error === undefined ? undefined : { reason: 'FailedCreate', message: messageOf(error) }
  }
  for (const pod of planDeletions(active, relatedPods(client, replicaSet), Math.min(-missing, burst), clock.now())) {
    const error = await removePod(client, { owner: replicaSet, pod, component: reporter })
    if (error !== undefined) return { reason: 'FailedDelete', message: messageOf(error) }
  }
  return undefined
}

/** Active pods of all ReplicaSets that share this one's owner. */
function relatedPods(client: ControllerContext['client'], replicaSet: ReplicaSet) {
  const owner = controllerOf(replicaSet)
  const { namespace = '' } = replicaSet.metadata
  const siblings = owner
    ? client.list('ReplicaSet', { namespace }).filter((other) => controllerOf(other)?.uid === owner.uid)
    : [replicaSet]
  return siblings.flatMap((sibling) => client.listOwned('Pod', sibling)).filter(isPodActive)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

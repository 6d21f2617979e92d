import { matchesLabelSelector } from '../../objects/selectors.ts'
import type { Deployment, ReplicaSet } from '../../objects/types.ts'
import { claim, controllerOf } from '../ownership.ts'
import { isPodFinished } from '../pod-state.ts'
import { type ControllerContext, defineController, keyOf, mapKind } from '../runtime.ts'
import type { RunResult } from '../work-queue.ts'
import { findCondition, newCondition, setCondition } from './deployment-conditions.ts'
import { deadlineInMs, deploymentStatus, isComplete, type ReplicaSets, rolloutStatus } from './deployment-status.ts'
import { splitReplicaSets } from './find-replica-sets.ts'
import { createReplicaSet, refreshReplicaSet } from './new-replica-set.ts'
import { isScalingEvent, planScaling } from './proportional-scaling.ts'
import { hasProgressDeadline, isRollingUpdate, sizeOf } from './replica-set-facts.ts'
import { planHistoryCleanup } from './revision-history.ts'
import { nextNewSize, planOldSizes, type Resize } from './rolling-update-plan.ts'
import { scaleReplicaSet } from './scale-replica-set.ts'

/** Moves a Deployment's pods from old templates to the present one, as its strategy says. */
export const deploymentController = defineController({
  kind: 'Deployment',
  owns: ['ReplicaSet'],
  watches: [
    mapKind('ReplicaSet', ({ object }, { client }) => {
      if (controllerOf(object) || object.metadata.deletionTimestamp) return []
      const { namespace = '', labels = {} } = object.metadata
      return client
        .list('Deployment', { namespace })
        .filter(({ spec }) => spec && matchesLabelSelector(spec.selector, labels))
        .map(keyOf)
    }),
    // Recreate waits for the last old pod to go.
    mapKind('Pod', ({ type, object }, { client }) => {
      if (type !== 'DELETED' && !isPodFinished(object)) return []
      const { namespace = '' } = object.metadata
      const name = controllerOf(object)?.name
      const replicaSet = name ? client.find('ReplicaSet', { namespace, name }) : undefined
      const deployment = replicaSet && controllerOf(replicaSet)
      return deployment?.kind === 'Deployment' ? [{ namespace, name: deployment.name }] : []
    }),
  ],
  reconcile,
  cleanup: async (deployment, context) => {
    const split = splitReplicaSets(deployment, owned(deployment, context))
    await context.client.writeStatus(deployment, deploymentStatus(deployment, split, context.clock.now()))
    return undefined
  },
})

async function reconcile(given: Deployment, context: ControllerContext): Promise<RunResult | undefined> {
  await claim(context.client, 'ReplicaSet', given, given.spec?.selector ?? {})
  const deployment = await markPaused(given, context)
  const all = owned(deployment, context)
  if (deployment.spec?.paused || isScalingEvent(deployment, all)) return scaleOnly(deployment, context)
  return isRollingUpdate(deployment) ? rollOver(deployment, context) : recreate(deployment, context)
}

/** Paused, or someone changed the size: no rollout now, only sizes. */
async function scaleOnly(deployment: Deployment, context: ControllerContext) {
  const split = await findReplicaSets(deployment, context)
  for (const resize of planScaling(deployment, split.current, split.old))
    await scaleReplicaSet(deployment, resize, context)
  if (deployment.spec?.paused) await cleanUpHistory(deployment, split.old, context)
  const fresh = context.client.find('Deployment', keyOf(deployment))
  if (!fresh) return undefined
  const now = splitReplicaSets(fresh, owned(fresh, context))
  await context.client.writeStatus(fresh, deploymentStatus(fresh, now, context.clock.now()))
  return undefined
}

async function rollOver(deployment: Deployment, context: ControllerContext) {
  const { current, old } = await findOrCreate(deployment, context)
  if (!current) return { backOff: true }

  await noteTemplateChange(deployment, current, context)
  const size = nextNewSize(deployment, [...old, current], current)
  if (size !== sizeOf(current)) return resize(deployment, [{ replicaSet: current, size }], context)

  const shrink = planOldSizes(deployment, current, old)
  if (shrink.length > 0) return resize(deployment, shrink, context)

  if (isComplete(deployment, deployment.status)) await cleanUpHistory(deployment, old, context)
  return report(deployment, context)
}

async function recreate(deployment: Deployment, context: ControllerContext) {
  const before = await findReplicaSets(deployment, context)
  const active = before.old.filter((replicaSet) => sizeOf(replicaSet) > 0)
  if (active.length > 0) {
    return resize(
      deployment,
      active.map((replicaSet) => ({ replicaSet, size: 0 })),
      context,
    )
  }
  if (hasRunningPods(before.old, context)) return report(deployment, context)

  const { current, old } = await findOrCreate(deployment, context)
  if (!current) return { backOff: true }
  await noteTemplateChange(deployment, current, context)
  if (sizeOf(current) !== sizeOf(deployment)) {
    return resize(deployment, [{ replicaSet: current, size: sizeOf(deployment) }], context)
  }
  if (isComplete(deployment, deployment.status)) await cleanUpHistory(deployment, old, context)
  return report(deployment, context)
}

async function resize(deployment: Deployment, resizes: Resize[], context: ControllerContext) {
  for (const one of resizes) await scaleReplicaSet(deployment, one, context)
  return report(deployment, context)
}

/** Writes the status that the objects have now, and comes back when the progress deadline passes. */
async function report(deployment: Deployment, { client, clock }: ControllerContext): Promise<RunResult | undefined> {
  const fresh = client.find('Deployment', keyOf(deployment))
  if (!fresh) return undefined
  const split = splitReplicaSets(fresh, client.listOwned('ReplicaSet', fresh))
  const status = rolloutStatus(fresh, split, clock.now())
  await client.writeStatus(fresh, status)
  const requeueAfterMs = deadlineInMs(fresh, status, clock.now())
  return requeueAfterMs === undefined ? undefined : { requeueAfterMs }
}

/** After a change back to an older template the count of updated pods drops first, and then progress is seen. */
async function noteTemplateChange(deployment: Deployment, current: ReplicaSet, context: ControllerContext) {
  const counted = deployment.status?.updatedReplicas ?? 0
  if ((current.status?.replicas ?? 0) < counted) await report(deployment, context)
}

async function findReplicaSets(deployment: Deployment, context: ControllerContext): Promise<ReplicaSets> {
  const { current, old } = splitReplicaSets(deployment, owned(deployment, context))
  if (!current) return { current, old }
  return { current: await refreshReplicaSet(deployment, { current, old }, context), old }
}

async function findOrCreate(deployment: Deployment, context: ControllerContext): Promise<ReplicaSets> {
  const { current, old } = await findReplicaSets(deployment, context)
  return { current: current ?? (await createReplicaSet(deployment, old, context)), old }
}

function owned(deployment: Deployment, { client }: ControllerContext): ReplicaSet[] {
  return client.listOwned('ReplicaSet', deployment)
}

function hasRunningPods(replicaSets: ReplicaSet[], { client }: ControllerContext): boolean {
  return replicaSets.some((replicaSet) => client.listOwned('Pod', replicaSet).some((pod) => !isPodFinished(pod)))
}

async function cleanUpHistory(deployment: Deployment, old: ReplicaSet[], { client }: ControllerContext) {
  for (const replicaSet of planHistoryCleanup(deployment, old)) await client.remove('ReplicaSet', keyOf(replicaSet))
}

/** Says in the Progressing condition that the rollout is paused or goes on, so that the deadline does not run. */
async function markPaused(deployment: Deployment, { client, clock }: ControllerContext): Promise<Deployment> {
  const progress = findCondition(deployment.status?.conditions, 'Progressing')
  if (!hasProgressDeadline(deployment) || progress?.reason === 'ProgressDeadlineExceeded') return deployment
  const isMarked = progress?.reason === 'DeploymentPaused'
  if (Boolean(deployment.spec?.paused) === isMarked) return deployment
  const text = isMarked
    ? { reason: 'DeploymentResumed', message: 'Deployment is resumed' }
    : { reason: 'DeploymentPaused', message: 'Deployment is paused' }
  const condition = newCondition('Progressing', 'Unknown', text, clock.now())
  const conditions = setCondition(deployment.status?.conditions ?? [], condition)
  return client.writeStatus(deployment, { ...deployment.status, conditions })
}

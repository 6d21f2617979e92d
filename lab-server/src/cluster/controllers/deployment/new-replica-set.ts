// The ReplicaSet of the Deployment's present template: found, brought up to date, or created.
import { isApiError } from '../../apiserver/errors.ts'
import { podTemplateHash } from '../../objects/pod-template-hash.ts'
import type { Deployment, ReplicaSet } from '../../objects/types.ts'
import { controllerOf, controllerReference } from '../ownership.ts'
import { isNamespaceTerminating } from '../pod-control.ts'
import { type ControllerContext, keyOf } from '../runtime.ts'
import { type DeploymentCondition, findCondition, newCondition, setCondition } from './deployment-conditions.ts'
import { component, scalingMessage } from './events.ts'
import { hasSameTemplate } from './find-replica-sets.ts'
import { planNewAnnotations } from './replica-set-annotations.ts'
import { annotations, hasProgressDeadline, revisionOf, sizeOf, templateHashLabel } from './replica-set-facts.ts'
import { nextNewSize } from './rolling-update-plan.ts'

/** Gives the existing ReplicaSet of the present template its revision, and the Deployment the same. */
export async function refreshReplicaSet(
  deployment: Deployment,
  { current, old }: { current: ReplicaSet; old: ReplicaSet[] },
  context: ControllerContext,
): Promise<ReplicaSet> {
  const { client, clock } = context
  const revision = Math.max(0, ...old.map(revisionOf)) + 1
  const changed = planNewAnnotations(deployment, { replicaSet: current, revision, isNew: false })
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0
  let replicaSet = current
  if (changed || (current.spec?.minReadySeconds ?? 0) !== minReadySeconds) {
    const patch = { metadata: { annotations: changed ?? {} }, spec: { minReadySeconds } }
    replicaSet = await client.patch('ReplicaSet', keyOf(current), patch)
  }
  const isUnknown = hasProgressDeadline(deployment) && !findCondition(deployment.status?.conditions, 'Progressing')
  const text = { reason: 'FoundNewReplicaSet', message: `Found new replica set "${replicaSet.metadata.name}"` }
  const condition = isUnknown ? newCondition('Progressing', 'True', text, clock.now()) : undefined
  await note(deployment, { condition, revision: replicaSet.metadata.annotations?.[annotations.revision] }, context)
  return replicaSet
}

/** Creates the ReplicaSet of the present template, with as many replicas as the strategy allows at once. */
export async function createReplicaSet(
  deployment: Deployment,
  old: ReplicaSet[],
  context: ControllerContext,
): Promise<ReplicaSet | undefined> {
  const { client, clock } = context
  const wanted = newReplicaSet(deployment, old)
  const created = await createOrFind(deployment, wanted, context)
  if (!created) return undefined
  if (sizeOf(created.replicaSet) > 0 && !created.found) {
    const message = scalingMessage(created.replicaSet, 0, sizeOf(created.replicaSet))
    client.report(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message, component })
  }
  const { name, annotations: given } = created.replicaSet.metadata
  const isNew = !created.found && hasProgressDeadline(deployment)
  const text = { reason: 'NewReplicaSetCreated', message: `Created new replica set "${name}"` }
  const condition = isNew ? newCondition('Progressing', 'True', text, clock.now()) : undefined
  await note(deployment, { condition, revision: given?.[annotations.revision] }, context)
  return created.replicaSet
}

/** The ReplicaSet to create for the present template. */
export function newReplicaSet(deployment: Deployment, old: ReplicaSet[]): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec ?? {}
  const hash = podTemplateHash(template, deployment.status?.collisionCount)
  const labels = { ...template?.metadata?.labels, [templateHashLabel]: hash }
  const replicaSet: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: nextNewSize(deployment, old, undefined),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [templateHashLabel]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
      ...(minReadySeconds ? { minReadySeconds } : {}),
    },
  }
  const revision = Math.max(0, ...old.map(revisionOf)) + 1
  const added = planNewAnnotations(deployment, { replicaSet, revision, isNew: true }) ?? {}
  return { ...replicaSet, metadata: { ...replicaSet.metadata, annotations: added } }
}

async function createOrFind(
  deployment: Deployment,
  wanted: ReplicaSet,
  context: ControllerContext,
): Promise<{ replicaSet: ReplicaSet; found: boolean } | undefined> {
  try {
    return { replicaSet: await context.client.create(wanted), found: false }
  } catch (error) {
    if (isNamespaceTerminating(error)) return undefined
    if (isApiError(error, 'AlreadyExists')) return findTaken(deployment, wanted, context)
    await reportCreateError(deployment, wanted, { error, context })
    throw error
  }
}

/** The name is taken: by our own work of an earlier run, or by another template with the same hash. */
async function findTaken(deployment: Deployment, wanted: ReplicaSet, { client }: ControllerContext) {
  const taken = client.find('ReplicaSet', keyOf(wanted))
  if (!taken) return undefined
  const isOurs = controllerOf(taken)?.uid === deployment.metadata.uid
  if (isOurs && hasSameTemplate(taken.spec?.template, wanted.spec?.template)) return { replicaSet: taken, found: true }
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1
  await client.writeStatus(deployment, { ...deployment.status, collisionCount })
  return undefined
}

async function reportCreateError(
  deployment: Deployment,
  wanted: ReplicaSet,
  { error, context }: { error: unknown; context: ControllerContext },
): Promise<void> {
  const why = error instanceof Error ? error.message : String(error)
  const message = `Failed to create new replica set "${wanted.metadata.name}": ${why}`
  const reason = 'ReplicaSetCreateError'
  if (hasProgressDeadline(deployment)) {
    const condition = newCondition('Progressing', 'False', { reason, message }, context.clock.now())
    await note(deployment, { condition }, context)
  }
  context.client.report(deployment, { type: 'Warning', reason, message, component })
}

/** Writes a condition and the revision, which are both in the status' write as upstream. */
async function note(
  deployment: Deployment,
  { condition, revision }: { condition?: DeploymentCondition | undefined; revision?: string | undefined },
  { client }: ControllerContext,
): Promise<void> {
  const current = client.find('Deployment', keyOf(deployment))
  const isNewRevision = revision !== undefined && current?.metadata.annotations?.[annotations.revision] !== revision
  if (!condition && !isNewRevision) return
  const patch = {
    ...(isNewRevision ? { metadata: { annotations: { [annotations.revision]: revision } } } : {}),
    ...(condition ? { status: withCondition(current?.status ?? {}, condition) } : {}),
  }
  await client.patch('Deployment', keyOf(deployment), patch, 'status')
}

function withCondition(status: NonNullable<Deployment['status']>, condition: DeploymentCondition) {
  const conditions = setCondition(status.conditions ?? [], condition)
  // A new ReplicaSet has no pods yet: said at once, so that its first pod counts as progress.
  return condition.reason === 'NewReplicaSetCreated' ? { conditions, updatedReplicas: null } : { conditions }
}

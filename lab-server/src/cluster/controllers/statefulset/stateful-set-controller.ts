// Keeps pods with an identity of their own: numbered, in order, each with its claims.
import { isApiError } from '../../apiserver/errors.ts'
import type { Client } from '../../client.ts'
import { matchesLabelSelector } from '../../objects/selectors.ts'
import type { ControllerRevision, Pod, StatefulSet } from '../../objects/types.ts'
import { currentRevision, planRevisionCleanup, templateOf } from '../controller-revisions.ts'
import { claim, controllerOf, controllerReference } from '../ownership.ts'
import { isNamespaceTerminating } from '../pod-control.ts'
import { nextAvailableInMs } from '../replicaset/replica-set-status.ts'
import { type ControllerContext, defineController, keyOf, mapKind } from '../runtime.ts'
import type { RunResult } from '../work-queue.ts'
import { claimsOf, ordinalOf, revisionLabel, statefulPod } from './stateful-pod.ts'
import { planStatefulSet } from './stateful-set-plan.ts'
import { statefulSetStatus } from './stateful-set-status.ts'

const component = 'statefulset-controller'
const hashLabel = 'controller.kubernetes.io/hash'

/** Keeps the pods of StatefulSets. */
export const statefulSetController = defineController({
  kind: 'StatefulSet',
  owns: ['Pod', 'ControllerRevision'],
  watches: [
    mapKind('Pod', ({ object }, { client }) => {
      if (controllerOf(object) || object.metadata.deletionTimestamp) return []
      const { namespace = '', labels } = object.metadata
      return client
        .list('StatefulSet', { namespace })
        .filter(({ spec }) => spec && matchesLabelSelector(spec.selector, labels))
        .map(keyOf)
    }),
  ],
  async reconcile(set, context): Promise<RunResult | undefined> {
    const { client, clock } = context
    const revisions = await claim(client, 'ControllerRevision', set, set.spec?.selector ?? {})
    const update = await currentRevision(client, set, { revisions, hashLabel })
    const pods = (await claim(client, 'Pod', set, set.spec?.selector ?? {})).filter(
      (pod) => ordinalOf(set, pod) !== undefined,
    )

    const error = await act(set, pods, { update, revisions }, context)
    const now = client.listOwned('Pod', set).filter((pod) => ordinalOf(set, pod) !== undefined)
    const updateRevision = update.metadata.name ?? ''
    const known = revisions.some(({ metadata }) => metadata.name === set.status?.currentRevision)
    const current = (known && set.status?.currentRevision) || updateRevision
    const status = statefulSetStatus(set, now, { updateRevision, currentRevision: current, nowMs: clock.now() })
    await client.writeStatus(set, status)
    await cleanUp(set, { pods: now, keep: [updateRevision, status.currentRevision ?? ''] }, client)

    if (error) return { backOff: true }
    const requeueAfterMs = nextAvailableInMs(
      { spec: { minReadySeconds: set.spec?.minReadySeconds ?? 0 } },
      now,
      clock.now(),
    )
    return requeueAfterMs === undefined ? undefined : { requeueAfterMs }
  },
})

interface Revisions {
  update: ControllerRevision
  revisions: ControllerRevision[]
}

/** Carries out the next steps; true when the API refused one. */
async function act(
  set: StatefulSet,
  pods: Pod[],
  { update, revisions }: Revisions,
  context: ControllerContext,
): Promise<boolean> {
  const { client, clock } = context
  const plan = planStatefulSet(set, pods, { updateRevision: update.metadata.name ?? '', nowMs: clock.now() })
  for (const pod of plan.remove) {
    await keepOrGiveUpClaims(set, pod, client)
    await client.remove('Pod', keyOf(pod), pod.metadata.uid ? { preconditions: { uid: pod.metadata.uid } } : {})
    const message = `Delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
    client.report(set, { type: 'Normal', reason: 'SuccessfulDelete', message, component })
  }
  for (const ordinal of plan.create) {
    const revision = revisionFor(set, ordinal, { update, revisions })
    const pod = statefulPod(set, ordinal, {
      name: revision.metadata.name ?? '',
      template: templateOf(revision) ?? set.spec?.template ?? {},
    })
    if (!(await createWithClaims(set, { pod, ordinal }, client))) return true
  }
  return false
}

/** Below the partition pods keep the current revision. */
function revisionFor(set: StatefulSet, ordinal: number, { update, revisions }: Revisions): ControllerRevision {
  const { ordinals, updateStrategy } = set.spec ?? {}
  const lowest = (ordinals?.start ?? 0) + (updateStrategy?.rollingUpdate?.partition ?? 0)
  if (updateStrategy?.type === 'OnDelete' || ordinal >= lowest) return update
  return revisions.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update
}

async function createWithClaims(
  set: StatefulSet,
  { pod, ordinal }: { pod: Pod; ordinal: number },
  client: Client,
): Promise<boolean> {
  const where = `Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`
  const report = (type: 'Normal' | 'Warning', message: string) =>
    client.report(set, { type, reason: type === 'Normal' ? 'SuccessfulCreate' : 'FailedCreate', message, component })
  for (const wanted of claimsOf(set, ordinal)) {
    if (client.find('PersistentVolumeClaim', keyOf(wanted))) continue
    const error = await refusal(() => client.create(wanted))
    if (error) {
      report('Warning', `Create Claim ${wanted.metadata.name} for ${where} failed error: ${error.message}`)
      return false
    }
    report('Normal', `Create Claim ${wanted.metadata.name} ${where} success`)
  }
  const error = await refusal(() => client.create(pod))
  if (!error) report('Normal', `Create ${where} successful`)
  else if (!isNamespaceTerminating(error)) report('Warning', `Create ${where} failed error: ${error.message}`)
  return !error
}

async function refusal(create: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await create()
    return undefined
  } catch (error) {
    if (isApiError(error)) return error
    throw error
  }
}

/** A claim whose set shrinks goes with its pod when the retention policy says so. */
async function keepOrGiveUpClaims(set: StatefulSet, pod: Pod, client: Client): Promise<void> {
  const { replicas = 1, ordinals, persistentVolumeClaimRetentionPolicy } = set.spec ?? {}
  const ordinal = ordinalOf(set, pod) ?? 0
  const isSurplus = ordinal >= (ordinals?.start ?? 0) + replicas
  if (!isSurplus || persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return
  const ownerReferences = [{ ...controllerReference(pod), controller: false }]
  for (const one of claimsOf(set, ordinal)) {
    if (!client.find('PersistentVolumeClaim', keyOf(one))) continue
    await client.patch('PersistentVolumeClaim', keyOf(one), { metadata: { ownerReferences } })
  }
}

async function cleanUp(
  set: StatefulSet,
  { pods, keep }: { pods: Pod[]; keep: string[] },
  client: Client,
): Promise<void> {
  const used = new Set([...keep, ...pods.map(({ metadata }) => metadata.labels?.[revisionLabel])])
  const surplus = planRevisionCleanup(client.listOwned('ControllerRevision', set), {
    limit: set.spec?.revisionHistoryLimit,
    inUse: ({ metadata }) => used.has(metadata.name),
  })
  for (const revision of surplus) await client.remove('ControllerRevision', keyOf(revision))
}

// Eviction: a deletion that a disruption budget can refuse.

import type { ObjectKey, RemoveOptions } from '../../client.ts'
import { formatTime } from '../../clock.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import { matchesLabelSelector } from '../../objects/selectors.ts'
import type { KubeObject, Pod, PodCondition, PodDisruptionBudget } from '../../objects/types.ts'
import { plainCopy } from '../../store/frozen-json.ts'
import { type ApiError, conflict, internalError, tooManyRequests } from '../errors.ts'
import { getObject, type RegistryCore } from '../registry-core.ts'
import type { WriteContext } from '../request-context.ts'
import { removeObject } from './remove.ts'
import { updateObject } from './update.ts'

/** Evicts a pod, or rejects with 429 while its disruption budget does not allow it. */
export async function evictPod(
  core: RegistryCore,
  kind: KindDefinition,
  key: ObjectKey,
  { options, context }: { options?: RemoveOptions; context: WriteContext },
): Promise<void> {
  const pod = getObject(core, kind, key) as unknown as Pod
  const { uid, resourceVersion } = options?.preconditions ?? {}
  if (uid && uid !== pod.metadata.uid) {
    throw conflict(
      kind,
      key.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`,
    )
  }
  if (!isFreeToGo(pod)) await spendBudget(core, pod, context)
  if (!context.isDryRun) await markDisrupted(core, kind, key, context)
  // Marking the pod changed its version: a precondition on the old one was about the state before.
  const preconditions = { uid: pod.metadata.uid, ...(resourceVersion && context.isDryRun ? { resourceVersion } : {}) }
  await removeObject(core, kind, key, { options: { ...options, preconditions }, context })
}

/** Nobody depends on a pod that has ended, has not started, or is on its way out. */
function isFreeToGo({ metadata, status }: Pod): boolean {
  const phase = status?.phase
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || metadata.deletionTimestamp !== undefined
}

async function spendBudget(core: RegistryCore, pod: Pod, context: WriteContext): Promise<void> {
  const kind = core.kinds.find('policy', 'v1', 'poddisruptionbudgets')
  if (kind === undefined) return
  const { namespace = '', name = '' } = pod.metadata
  const all = core.store.list('poddisruptionbudgets.policy', `${namespace}/`) as unknown as PodDisruptionBudget[]
  const budgets = all.filter(({ spec }) => matchesLabelSelector(spec?.selector, pod.metadata.labels))
  if (budgets.length > 1) {
    throw internalError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  }
  const [budget] = budgets
  if (budget === undefined || isUnhealthyAndFree(pod, budget)) return
  await updateObject(
    core,
    kind,
    { namespace, name: budget.metadata.name ?? '' },
    {
      context,
      subresource: 'status',
      change(current) {
        const changed = plainCopy(current) as unknown as PodDisruptionBudget
        const refusal = planDisruption(changed)
        if (refusal) throw refusal
        const { status } = changed
        if (status) {
          status.disruptionsAllowed = (status.disruptionsAllowed ?? 0) - 1
          status.disruptedPods = { ...status.disruptedPods, [name]: formatTime(core.clock.now()) }
        }
        return changed as unknown as KubeObject
      },
    },
  )
}

/** Why a budget does not allow one more disruption now; undefined when it does. */
export function planDisruption({ metadata, status }: PodDisruptionBudget): ApiError | undefined {
  const cannot = "Cannot evict pod as it would violate the pod's disruption budget."
  if (!status || (status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    const message = `The disruption budget ${metadata.name} is still being processed by the server.`
    return tooManyRequests(cannot, { causes: [{ reason: 'DisruptionBudget', message }], retryAfterSeconds: 10 })
  }
  if ((status.disruptionsAllowed ?? 0) > 0) return undefined
  const message = `The disruption budget ${metadata.name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`
  return tooManyRequests(cannot, { causes: [{ reason: 'DisruptionBudget', message }] })
}

/** A pod that is not ready may go when the budget says so, or when enough others are healthy. */
function isUnhealthyAndFree(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  const isReady = pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True')
  if (isReady) return false
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  return (status?.desiredHealthy ?? 0) > 0 && (status?.currentHealthy ?? 0) >= (status?.desiredHealthy ?? 0)
}

async function markDisrupted(core: RegistryCore, kind: KindDefinition, key: ObjectKey, context: WriteContext) {
  await updateObject(core, kind, key, {
    context,
    subresource: 'status',
    change(current) {
      const pod = plainCopy(current) as unknown as Pod
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'EvictionByEvictionAPI',
        message: 'Eviction API: evicting',
        lastProbeTime: null,
        lastTransitionTime: formatTime(core.clock.now()),
      } as unknown as PodCondition
      const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget')
      pod.status = { ...pod.status, conditions: [...others, condition] }
      return pod as unknown as KubeObject
    },
  })
}

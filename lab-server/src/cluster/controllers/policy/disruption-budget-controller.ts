// How many pods of each PodDisruptionBudget may go now. The eviction itself is the API server's.
import type { Client } from '../../client.ts'
import { formatTime } from '../../clock.ts'
import { scaledValue } from '../../objects/int-or-string.ts'
import { matchesLabelSelector } from '../../objects/selectors.ts'
import type { Pod, PodDisruptionBudget } from '../../objects/types.ts'
import { controllerOf } from '../ownership.ts'
import { isPodFinished, isPodReady } from '../pod-state.ts'
import { defineController, keyOf, mapKind } from '../runtime.ts'

type BudgetStatus = NonNullable<PodDisruptionBudget['status']>

const component = 'controllermanager'
/** How long an evicted pod counts as gone while it is still there. */
const evictionMs = 120_000

/** Keeps the status of PodDisruptionBudgets. */
export const disruptionBudgetController = defineController({
  kind: 'PodDisruptionBudget',
  watches: [
    mapKind('Pod', ({ object }, { client }) =>
      client.list('PodDisruptionBudget', { namespace: object.metadata.namespace ?? '' }).map(keyOf),
    ),
    ...(['ReplicaSet', 'Deployment', 'StatefulSet', 'ReplicationController'] as const).map((kind) =>
      mapKind(kind, ({ object }, { client }) =>
        client.list('PodDisruptionBudget', { namespace: object.metadata.namespace ?? '' }).map(keyOf),
      ),
    ),
  ],
  async reconcile(budget, { client, clock, news }) {
    const pods = client
      .list('Pod', { namespace: budget.metadata.namespace ?? '' })
      .filter((pod) => matchesLabelSelector(budget.spec?.selector, pod.metadata.labels) && !isPodFinished(pod))
    if (pods.length === 0 && news.isNew(budget, 'NoPods', { everyMs: 600_000, topic: 'pods' })) {
      client.report(budget, { type: 'Normal', reason: 'NoPods', message: 'No matching pods found', component })
    }
    const expected = expectedPods(budget, pods, client)
    if (typeof expected === 'string') {
      if (news.isNew(budget, expected))
        client.report(budget, { type: 'Warning', reason: 'NoControllers', message: expected, component })
      await client.writeStatus(budget, failedStatus(budget, expected, clock.now()))
      return undefined
    }
    await client.writeStatus(budget, budgetStatus(budget, { pods, expected, nowMs: clock.now() }))
    return Object.keys(budget.status?.disruptedPods ?? {}).length > 0 ? { requeueAfterMs: evictionMs } : undefined
  },
})

/** The arithmetic of a budget: how many are healthy, how many have to be, how many may go. */
export function budgetStatus(
  budget: PodDisruptionBudget,
  { pods, expected, nowMs }: { pods: Pod[]; expected: number; nowMs: number },
): BudgetStatus {
  const disrupted = Object.entries(budget.status?.disruptedPods ?? {}).filter(
    ([name, time]) =>
      Date.parse(time) + evictionMs > nowMs &&
      pods.some(({ metadata }) => metadata.name === name && !metadata.deletionTimestamp),
  )
  const gone = new Set(disrupted.map(([name]) => name))
  const healthy = pods.filter(
    (pod) => isPodReady(pod) && !pod.metadata.deletionTimestamp && !gone.has(pod.metadata.name ?? ''),
  )
  const desired = desiredHealthy(budget, expected)
  const allowed = expected <= 0 ? 0 : Math.max(0, healthy.length - desired)
  return {
    conditions: [condition(budget, allowed > 0, allowed > 0 ? 'SufficientPods' : 'InsufficientPods', '', nowMs)],
    currentHealthy: healthy.length,
    desiredHealthy: desired,
    ...(disrupted.length > 0 ? { disruptedPods: Object.fromEntries(disrupted) } : {}),
    disruptionsAllowed: allowed,
    expectedPods: expected,
    observedGeneration: budget.metadata.generation ?? 1,
  }
}

function desiredHealthy(budget: PodDisruptionBudget, expected: number): number {
  const { minAvailable, maxUnavailable } = budget.spec ?? {}
  if (maxUnavailable !== undefined) return Math.max(0, expected - scaledValue(maxUnavailable, expected, 'up'))
  return scaledValue(minAvailable ?? 0, expected, 'up')
}

/** How many pods there should be: what their controllers want, or, for an absolute minimum, what is there. */
function expectedPods(budget: PodDisruptionBudget, pods: Pod[], client: Client): number | string {
  const { minAvailable, maxUnavailable } = budget.spec ?? {}
  if (maxUnavailable === undefined && typeof minAvailable === 'number') return pods.length
  const scales = new Map<string, number>()
  for (const pod of pods) {
    const scale = controllerScale(pod, client)
    if (!scale) return `found no controllers for pod "${pod.metadata.name}"`
    scales.set(scale.uid, scale.replicas)
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0)
}

function controllerScale(pod: Pod, client: Client): { uid: string; replicas: number } | undefined {
  const { namespace = '' } = pod.metadata
  const owner = controllerOf(pod)
  if (!owner || !['ReplicaSet', 'StatefulSet', 'ReplicationController'].includes(owner.kind)) return undefined
  const found = client.find(owner.kind as 'ReplicaSet', { namespace, name: owner.name })
  if (!found) return undefined
  const above = controllerOf(found)
  const deployment =
    above?.kind === 'Deployment' ? client.find('Deployment', { namespace, name: above.name }) : undefined
  const { metadata, spec } = deployment ?? found
  return { uid: metadata.uid ?? '', replicas: spec?.replicas ?? 1 }
}

function failedStatus(budget: PodDisruptionBudget, message: string, nowMs: number): BudgetStatus {
  return {
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
    ...budget.status,
    conditions: [condition(budget, false, 'SyncFailed', message, nowMs)],
    disruptionsAllowed: 0,
    observedGeneration: budget.metadata.generation ?? 1,
  }
}

function condition(budget: PodDisruptionBudget, isTrue: boolean, reason: string, message: string, nowMs: number) {
  const status = isTrue ? 'True' : 'False'
  const before = budget.status?.conditions?.find(({ type }) => type === 'DisruptionAllowed')
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : formatTime(nowMs)
  const observedGeneration = budget.metadata.generation ?? 1
  return { type: 'DisruptionAllowed', status, reason, message, lastTransitionTime, observedGeneration }
}

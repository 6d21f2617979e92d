// The default scheduler: one pod at a time, on the live state, and again when something changed that could help.
import type { Client } from '../../client.ts'
import { formatTime } from '../../clock.ts'
import type { Pod } from '../../objects/types.ts'
import { isPodFinished, podCondition } from '../pod-state.ts'
import { type ControllerContext, defineController, keyOf, mapKind } from '../runtime.ts'
import { annotations, findVolume, isReservedFor } from '../storage/volumes.ts'
import type { RunResult } from '../work-queue.ts'
import { type Candidate, filterNode, type Rejection } from './filters.ts'
import { fitMessage, prefilterMessage } from './fit-error.ts'
import { volumeFitsNode } from './node-affinity.ts'
import { planPreemption } from './preemption.ts'
import { type NodeView, type SchedulingView, viewCluster } from './scheduling-view.ts'
import { chooseNode } from './scores.ts'
import { podClaims } from './volume-filter.ts'

const component = 'default-scheduler'
/** Upstream tries unschedulable pods again after this long even if nothing changed. */
const retryMs = 300_000

/** Assigns pods to nodes. */
export const scheduler = defineController({
  kind: 'Pod',
  component: 'kube-scheduler',
  workers: 1,
  watches: [
    ...(['Node', 'PersistentVolumeClaim', 'PersistentVolume', 'StorageClass'] as const).map((kind) =>
      mapKind(kind, (_, { client }) => pendingPods(client)),
    ),
    // A pod that goes or ends frees what it held.
    mapKind('Pod', ({ type, object }, { client }) =>
      object.spec?.nodeName && (type === 'DELETED' || isPodFinished(object)) ? pendingPods(client) : [],
    ),
  ],
  async reconcile(pod, context) {
    if (!isPending(pod)) return undefined
    if (pod.spec?.schedulingGates?.length) {
      const message = 'Scheduling is blocked due to non-empty scheduling gates'
      return markUnscheduled(pod, { reason: 'SchedulingGated', message }, context)
    }
    return schedulePod(pod, context)
  },
})

async function schedulePod(pod: Pod, context: ControllerContext): Promise<RunResult | undefined> {
  const view = viewCluster(context.client)
  if (view.nodes.length === 0) return fail(pod, 'no nodes available to schedule pods', context)
  const claims = podClaims(pod, view)
  if (typeof claims === 'string') return fail(pod, prefilterMessage(view.nodes.length, claims), context)

  const candidate: Candidate = { pod, claims }
  const rejections = new Map<NodeView, Rejection>()
  for (const node of view.nodes) {
    const rejection = filterNode(candidate, node, view)
    if (rejection) rejections.set(node, rejection)
  }
  const fitting = view.nodes.filter((node) => !rejections.has(node))
  const node = chooseNode(pod, fitting, view)
  if (!node) return preempt(candidate, rejections, { view, context })

  if (claims.delayed.length > 0) return selectNode(candidate, node, { view, context })
  return bind(pod, node, context)
}

async function bind(pod: Pod, { name }: NodeView, { client }: ControllerContext): Promise<undefined> {
  await client.patch('Pod', keyOf(pod), { metadata: { uid: pod.metadata.uid }, spec: { nodeName: name } }, 'binding')
  const message = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${name}`
  client.report(pod, { type: 'Normal', reason: 'Scheduled', message, component, action: 'Binding' })
}

/** Tells the provisioner where the volumes are wanted, or reserves a volume that exists; the pod is bound once they are. */
async function selectNode(
  { claims }: Candidate,
  node: NodeView,
  { view, context: { client } }: { view: SchedulingView; context: ControllerContext },
): Promise<undefined> {
  for (const claim of claims.delayed) {
    const here = view.volumes().filter((volume) => volumeFitsNode(volume, node.node))
    const volume = findVolume(claim, here)
    if (volume) {
      if (isReservedFor(volume, claim)) continue
      const { namespace, name, uid } = claim.metadata
      const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid }
      const byController = { [annotations.boundByController]: 'yes' }
      await client.patch('PersistentVolume', keyOf(volume), {
        metadata: { annotations: byController },
        spec: { claimRef },
      })
    } else if (!claim.metadata.annotations?.[annotations.selectedNode]) {
      const selected = { [annotations.selectedNode]: node.name }
      await client.patch('PersistentVolumeClaim', keyOf(claim), { metadata: { annotations: selected } })
    }
  }
}

async function preempt(
  candidate: Candidate,
  rejections: Map<NodeView, Rejection>,
  { view, context }: { view: SchedulingView; context: ControllerContext },
): Promise<RunResult | undefined> {
  const { pod } = candidate
  const plan = planPreemption(candidate, rejections, view)
  const neverPreempts = pod.spec?.preemptionPolicy === 'Never'
  const message = fitMessage([...rejections.values()], { neverPreempts, preempted: plan !== undefined })
  const result = await fail(pod, message, context, plan?.node.name)
  for (const victim of plan?.victims ?? []) {
    if (victim.metadata.deletionTimestamp) continue
    await context.client.remove('Pod', keyOf(victim))
    const text = `Preempted by pod ${pod.metadata.uid} on node ${plan?.node.name}`
    context.client.report(victim, {
      type: 'Normal',
      reason: 'Preempted',
      message: text,
      component,
      action: 'Preempting',
    })
  }
  return result
}

async function fail(
  pod: Pod,
  message: string,
  context: ControllerContext,
  nominatedNodeName?: string,
): Promise<RunResult> {
  await markUnscheduled(pod, { reason: 'Unschedulable', message, nominatedNodeName }, context)
  // Our own write, or a change elsewhere that did not help, is no news about the pod.
  if (context.news.isNew(pod, message, { everyMs: retryMs })) {
    context.client.report(pod, {
      type: 'Warning',
      reason: 'FailedScheduling',
      message,
      component,
      action: 'Scheduling',
    })
  }
  return { requeueAfterMs: retryMs }
}

interface Unscheduled {
  reason: string
  message: string
  nominatedNodeName?: string | undefined
}

async function markUnscheduled(
  pod: Pod,
  { reason, message, nominatedNodeName }: Unscheduled,
  { client, clock }: ControllerContext,
): Promise<undefined> {
  const before = podCondition(pod, 'PodScheduled')
  const lastTransitionTime = before?.status === 'False' ? before.lastTransitionTime : formatTime(clock.now())
  const { generation } = pod.metadata
  const condition = {
    lastProbeTime: null,
    lastTransitionTime,
    message,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    reason,
    status: 'False',
    type: 'PodScheduled',
  }
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled')
  const nominated = nominatedNodeName ? { nominatedNodeName } : {}
  await client.writeStatus(pod, { ...pod.status, ...nominated, conditions: [...others, condition] })
}

function isPending(pod: Pod): boolean {
  const { nodeName, schedulerName = component } = pod.spec ?? {}
  return !nodeName && schedulerName === component && !isPodFinished(pod)
}

function pendingPods(client: Client) {
  return client
    .list('Pod')
    .filter((pod) => isPending(pod) && !pod.metadata.deletionTimestamp)
    .sort((a, b) => (b.spec?.priority ?? 0) - (a.spec?.priority ?? 0))
    .map(keyOf)
}

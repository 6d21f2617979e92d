// Notices nodes whose kubelet has fallen silent, and keeps the taints that follow from a node's condition.
import { isDeepStrictEqual } from 'node:util'
import { formatTime } from '../../clock.ts'
import type { Lease, Node } from '../../objects/types.ts'
import { type ControllerContext, defineController, keyOf, mapKind } from '../runtime.ts'
import type { Taint } from '../scheduler/tolerations.ts'
import { planTaints } from './node-taints.ts'

const component = 'node-controller'
const leaseNamespace = 'kube-node-lease'
/** How long a kubelet may be silent before it is looked at again. */
const graceMs = 40_000
/** It may also be this process that slept: the kubelet gets a chance to speak before its node is given up. */
const recheckMs = 10_000
/** The scheduler, which hears of a change at the same time, looks at the node before its taints have followed. */
const taintDelayMs = 20
const silentTypes = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** Keeps the health of nodes. */
export const nodeHealthController = defineController({
  kind: 'Node',
  watches: [
    mapKind('Lease', ({ type, object }, { client }) => {
      const { namespace, name = '' } = object.metadata
      // Every lease is renewed every ten seconds: only a node that was given up needs to hear of it at once.
      if (namespace !== leaseNamespace || type === 'DELETED') return []
      return readyStatus(client.find('Node', { name })) === 'Unknown' ? [{ name }] : []
    }),
  ],
  async reconcile(node, context) {
    const { client, clock, news } = context
    const name = node.metadata.name ?? ''
    const report = (reason: string, message: string) =>
      client.report(node, { type: 'Normal', reason, message, component })
    if (news.isNew(node, 'registered'))
      report('RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)

    const lease = client.find('Lease', { namespace: leaseNamespace, name })
    const silentMs = clock.now() - lastSeenMs(node, lease)
    if (silentMs <= graceMs) news.isNew(node, 'heard', { topic: 'silence' })
    else if (news.isNew(node, 'silent', { topic: 'silence' })) return { requeueAfterMs: recheckMs }

    const current = silentMs > graceMs ? await giveUp(node, context) : node
    if (await haveTaintsToFollow(current, context)) return { requeueAfterMs: taintDelayMs }
    if (readyStatus(current) !== 'True') await markPodsNotReady(current, context)
    return { requeueAfterMs: silentMs > graceMs ? graceMs : Math.max(1000, graceMs - silentMs + 1) }
  },
})

/** When the kubelet was last heard of: by its Lease, or by its status where it has none. */
export function lastSeenMs(node: Node, lease: Lease | undefined): number {
  const beats = (node.status?.conditions ?? []).map(({ lastHeartbeatTime }) => lastHeartbeatTime)
  const times = [lease?.spec?.renewTime, ...beats, node.metadata.creationTimestamp]
  return Math.max(0, ...times.map((time) => (time ? Date.parse(time) : 0)).filter((ms) => !Number.isNaN(ms)))
}

/** Says that the node's state is not known any more. */
async function giveUp(node: Node, { client, clock }: ControllerContext): Promise<Node> {
  if (readyStatus(node) === 'Unknown') return node
  const name = node.metadata.name ?? ''
  const now = formatTime(clock.now())
  const conditions = (node.status?.conditions ?? []).map((condition) => {
    if (!silentTypes.includes(condition.type) || condition.status === 'Unknown') return condition
    const text = { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }
    return { ...condition, status: 'Unknown', lastTransitionTime: now, ...text }
  })
  const message = `Node ${name} status is now: NodeNotReady`
  client.report(node, { type: 'Normal', reason: 'NodeNotReady', message, component })
  return client.writeStatus(node, { ...node.status, conditions })
}

/** Writes the taints that follow from the node's condition and cordon; true while that has to wait a moment. */
async function haveTaintsToFollow(node: Node, { client, clock, news }: ControllerContext): Promise<boolean> {
  const before = node.spec?.taints ?? []
  const after: Taint[] = planTaints(node, formatTime(clock.now()))
  const isFollowed = isDeepStrictEqual(before, after)
  const wanted = isFollowed ? 'followed' : after.map(({ key, effect }) => `${key}:${effect}`).join()
  if (news.isNew(node, wanted, { topic: 'taints' }) && !isFollowed) return true
  if (!isFollowed) await client.patch('Node', keyOf(node), { spec: { taints: after.length > 0 ? after : null } })
  return false
}

async function markPodsNotReady(node: Node, { client, clock }: ControllerContext): Promise<void> {
  for (const pod of client.list('Pod').filter(({ spec }) => spec?.nodeName === node.metadata.name)) {
    const conditions = pod.status?.conditions ?? []
    if (!conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) continue
    const lastTransitionTime = formatTime(clock.now())
    await client.writeStatus(pod, {
      ...pod.status,
      conditions: conditions.map((one) =>
        one.type === 'Ready' ? { ...one, status: 'False', lastTransitionTime } : one,
      ),
    })
    client.report(pod, { type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready', component })
  }
}

function readyStatus(node: Node | undefined): string | undefined {
  return node?.status?.conditions?.find(({ type }) => type === 'Ready')?.status
}

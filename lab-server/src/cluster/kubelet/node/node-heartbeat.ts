// Registering the node and keeping it alive in the eyes of the node controller: its status and its Lease.
import { isDeepStrictEqual } from 'node:util'
import { isApiError } from '../../apiserver/errors.ts'
import { formatMicroTime, type Timer } from '../../clock.ts'
import type { Node } from '../../objects/types.ts'
import type { KubeletContext } from '../kubelet-context.ts'
import { nodeCapacity, nodePlatform } from './node-capacity.ts'
import { type NodeFacts, type NodePressure, nodeObject, nodeStatus } from './node-object.ts'
import { machinePressure } from './node-pressure.ts'

const leaseSeconds = 40
const renewMs = 10_000
/** Upstream writes an unchanged status this seldom; the Lease is the heartbeat. */
const statusMs = 300_000
/** How long a pressure is shown after it has passed, as upstream does, so that pods do not come and go with it. */
const pressureHeldMs = 300_000

/** Registers the node, then renews its Lease until stopped. */
export async function startNodeHeartbeat(
  context: KubeletContext,
  onError: (error: unknown) => void,
): Promise<{ stop(): void }> {
  const { clock } = context
  let timer: Timer
  let isStopped = false
  let lastStatusMs = clock.now()
  const readPressure = holdPressure(context)
  let shown = readPressure()

  const isNew = await register(context, shown)
  if (isNew) reportStart(context)
  await renewLease(context)

  const beat = async () => {
    try {
      await renewLease(context)
      const pressure = readPressure()
      if (clock.now() - lastStatusMs >= statusMs || !isDeepStrictEqual(pressure, shown)) {
        lastStatusMs = clock.now()
        shown = pressure
        await register(context, pressure)
      }
    } catch (error) {
      if (!isStopped) onError(error)
    }
    if (!isStopped) timer = clock.after(renewMs, () => void beat())
  }
  timer = clock.after(renewMs, () => void beat())
  return {
    stop() {
      isStopped = true
      timer.cancel()
    },
  }
}

/** Creates the Node when it is missing, and writes its status; true when it was missing. */
async function register(context: KubeletContext, pressure: NodePressure): Promise<boolean> {
  const { client, clock, nodeName } = context
  const facts = nodeFacts(context, pressure)
  const existing = client.find('Node', { name: nodeName })
  const wanted = nodeObject(facts)
  const node = existing ? await renumber(context, existing, wanted) : await client.create(wanted)
  await client.writeStatus(node, { ...node.status, ...nodeStatus(facts, node.status, clock.now()) })
  return existing === undefined
}

/** After a restart on another network the node has other pod addresses, as if it had joined anew. */
async function renumber({ client, nodeName }: KubeletContext, node: Node, wanted: Node): Promise<Node> {
  if (node.spec?.podCIDR === wanted.spec?.podCIDR) return node
  return client.patch('Node', { name: nodeName }, { spec: { ...wanted.spec } })
}

/** What `kubectl describe node` tells of a node that has joined. The uid is the name: upstream's kubelet knows no other. */
function reportStart({ client, nodeName }: KubeletContext): void {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName, uid: nodeName } }
  const report = (reason: string, message: string) =>
    client.report(node, { type: 'Normal', reason, message, component: 'kubelet', host: nodeName })
  report('Starting', 'Starting kubelet.')
  for (const state of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID', 'NodeReady']) {
    report(state, `Node ${nodeName} status is now: ${state}`)
  }
}

/** Reads the machine's pressure, keeping one that was seen for a while. */
function holdPressure({
  clock,
  dataDir,
  pressure = () => machinePressure(dataDir),
}: KubeletContext): () => NodePressure {
  const seenMs = { memory: Number.NEGATIVE_INFINITY, disk: Number.NEGATIVE_INFINITY }
  return () => {
    const now = pressure()
    if (now.memory) seenMs.memory = clock.now()
    if (now.disk) seenMs.disk = clock.now()
    const isShown = (atMs: number) => clock.now() - atMs < pressureHeldMs
    return { memory: isShown(seenMs.memory), disk: isShown(seenMs.disk) }
  }
}

function nodeFacts({ nodeName, network, dataDir, images }: KubeletContext, pressure: NodePressure): NodeFacts {
  return {
    name: nodeName,
    ip: network.nodeIp,
    podCidr: network.podCidr,
    capacity: nodeCapacity(dataDir),
    platform: nodePlatform(),
    images,
    pressure,
  }
}

async function renewLease({ client, clock, nodeName }: KubeletContext): Promise<void> {
  const key = { namespace: 'kube-node-lease', name: nodeName }
  const renewTime = formatMicroTime(clock.now())
  const lease = client.find('Lease', key)
  if (lease) {
    await client.patch('Lease', key, { spec: { renewTime } })
    return
  }
  const node = client.find('Node', { name: nodeName })
  try {
    await client.create({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        ...key,
        ...(node
          ? { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: node.metadata.uid ?? '' }] }
          : {}),
      },
      spec: { holderIdentity: nodeName, leaseDurationSeconds: leaseSeconds, renewTime },
    })
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error
  }
}

// Registering the node and keeping it alive in the eyes of the node controller: its status and its Lease.
import { isApiError } from '../../apiserver/errors.ts'
import { formatMicroTime, type Timer } from '../../clock.ts'
import type { KubeletContext } from '../kubelet-context.ts'
import { nodeCapacity, nodePlatform } from './node-capacity.ts'
import { type NodeFacts, nodeObject, nodeStatus } from './node-object.ts'

const leaseSeconds = 40
const renewMs = 10_000
/** Upstream writes an unchanged status this seldom; the Lease is the heartbeat. */
const statusMs = 300_000

/** Registers the node, then renews its Lease until stopped. */
export async function startNodeHeartbeat(
  context: KubeletContext,
  onError: (error: unknown) => void,
): Promise<{ stop(): void }> {
  const { clock } = context
  let timer: Timer
  let isStopped = false
  let lastStatusMs = clock.now()

  await register(context)
  await renewLease(context)

  const beat = async () => {
    try {
      await renewLease(context)
      if (clock.now() - lastStatusMs >= statusMs) {
        lastStatusMs = clock.now()
        await register(context)
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

/** Creates the Node when it is missing, and writes its status. */
async function register(context: KubeletContext): Promise<void> {
  const { client, clock, nodeName } = context
  const facts = nodeFacts(context)
  const existing = client.find('Node', { name: nodeName })
  const node = existing ?? (await client.create(nodeObject(facts)))
  await client.writeStatus(node, { ...node.status, ...nodeStatus(facts, node.status, clock.now()) })
}

function nodeFacts({ nodeName, network, dataDir, images }: KubeletContext): NodeFacts {
  return {
    name: nodeName,
    ip: network.nodeIp,
    podCidr: network.podCidr,
    capacity: nodeCapacity(dataDir),
    platform: nodePlatform(),
    images,
    pressure: { memory: false, disk: false },
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

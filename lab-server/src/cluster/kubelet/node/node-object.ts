// The Node as the kubelet reports it.
import { createHash } from 'node:crypto'
import { formatTime } from '../../clock.ts'
import type { Node } from '../../objects/types.ts'
import type { Image } from '../container-runtime.ts'
import type { NodeCapacity } from './node-capacity.ts'

export const kubeletVersion = 'v1.36.2'
/** Upstream keeps a tenth of the disk back for itself. */
const allocatableDiskShare = 0.9
const maxImages = 50

/** What a node says of itself. */
export interface NodeFacts {
  name: string
  ip: string
  podCidr: string
  capacity: NodeCapacity
  platform: { architecture: string; kernelVersion: string }
  images: Image[]
  pressure: NodePressure
}

/** Which resources of the node run short. */
export interface NodePressure {
  memory: boolean
  disk: boolean
}

/** The object with which a node joins. */
export function nodeObject(facts: NodeFacts): Node {
  const { architecture } = facts.platform
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: facts.name,
      annotations: {
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
      labels: {
        'beta.kubernetes.io/arch': architecture,
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': architecture,
        'kubernetes.io/hostname': facts.name,
        'kubernetes.io/os': 'linux',
      },
    },
    spec: { podCIDR: facts.podCidr, podCIDRs: [facts.podCidr] },
  }
}

/** The status of a node that is up. Transition times are kept from `previous` where nothing changed. */
export function nodeStatus(facts: NodeFacts, previous: Node['status'], nowMs: number): NonNullable<Node['status']> {
  const { capacity, platform, name } = facts
  const amounts = (disk: string) => ({
    cpu: String(capacity.cpu),
    'ephemeral-storage': disk,
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: `${Math.floor(capacity.memory / 1024)}Ki`,
    pods: '110',
  })
  return {
    addresses: [
      { address: facts.ip, type: 'InternalIP' },
      { address: name, type: 'Hostname' },
    ],
    allocatable: amounts(String(Math.floor(capacity.ephemeralStorage * allocatableDiskShare))),
    capacity: amounts(`${Math.floor(capacity.ephemeralStorage / 1024)}Ki`),
    conditions: nodeConditions(facts.pressure, previous, nowMs),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    images: facts.images
      .map(({ names, digest, sizeBytes }) => ({
        names: [...names, `${repositoryOf(names[0] ?? '')}@${digest}`],
        sizeBytes,
      }))
      .sort((a, b) => b.sizeBytes - a.sizeBytes)
      .slice(0, maxImages),
    nodeInfo: {
      architecture: platform.architecture,
      bootID: stableId('boot', name, true),
      containerRuntimeVersion: 'containerd://2.1.4',
      kernelVersion: platform.kernelVersion,
      kubeProxyVersion: '',
      kubeletVersion,
      machineID: stableId('machine', name, false),
      operatingSystem: 'linux',
      osImage: 'TaskMaster Lab',
      systemUUID: stableId('machine', name, true),
    },
  }
}

function nodeConditions({ memory, disk }: NodePressure, previous: Node['status'], nowMs: number) {
  const facts = [
    memory
      ? ['MemoryPressure', 'True', 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available']
      : ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    disk
      ? ['DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure']
      : ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
  ] as const
  return facts.map(([type, status, reason, message]) => {
    const before = previous?.conditions?.find((condition) => condition.type === type)
    const isSame = before?.status === status && before.lastTransitionTime
    return {
      lastHeartbeatTime: formatTime(nowMs),
      lastTransitionTime: isSame ? before.lastTransitionTime : formatTime(nowMs),
      message,
      reason,
      status,
      type,
    }
  })
}

function repositoryOf(name: string): string {
  const slash = name.lastIndexOf('/')
  const colon = name.indexOf(':', slash)
  return colon < 0 ? name : name.slice(0, colon)
}

/** An id that stays with the node's name, so that a restart is the same machine. */
function stableId(what: string, name: string, isDashed: boolean): string {
  const hex = createHash('sha256').update(`${what}/${name}`).digest('hex').slice(0, 32)
  return isDashed ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : hex
}

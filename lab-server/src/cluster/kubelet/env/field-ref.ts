// Values of a pod's own fields and resources, for environment variables and downward API volumes.

import { quantityToMilli } from '../../objects/quantity.ts'
import type { Container, Pod } from '../../objects/types.ts'

/** Addresses that a pod's status may not carry yet when a container starts. */
export interface PodAddresses {
  podIp: string
  hostIp: string
}

/** The text of a downward API field, or undefined for a path that upstream refuses. */
export function fieldValue(pod: Pod, path: string, addresses: PodAddresses): string | undefined {
  const { metadata, spec } = pod
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (subscript) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] ?? ''] ?? ''

  switch (path) {
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    case 'metadata.labels':
      return formatMap(metadata.labels)
    case 'metadata.annotations':
      return formatMap(metadata.annotations)
    case 'spec.nodeName':
      return spec?.nodeName ?? ''
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? ''
    case 'status.hostIP':
    case 'status.hostIPs':
      return addresses.hostIp
    case 'status.podIP':
    case 'status.podIPs':
      return addresses.podIp
    default:
      return undefined
  }
}

/** What a container without limits may use: the node's allocatable CPU (cores) and memory (bytes). */
export interface NodeAllocatable {
  cpu: number
  memory: number
}

/** The text of a `resourceFieldRef`, rounded up to its divisor as upstream does. */
export function resourceValue(
  container: Pick<Container, 'resources'>,
  ref: { resource: string; divisor?: string | number },
  allocatable: NodeAllocatable,
): string | undefined {
  const [list, name] = ref.resource.split('.', 2)
  if ((list !== 'limits' && list !== 'requests') || !name) return undefined
  const declared = container.resources?.[list]?.[name] ?? container.resources?.limits?.[name]
  const fallback = list === 'requests' ? 0 : name === 'cpu' ? allocatable.cpu : allocatable.memory
  const value = declared === undefined ? fallback : quantityToMilli(declared) / 1000
  const divisor = quantityToMilli(ref.divisor ?? '1') / 1000 || 1
  // A hair's breadth off for values such as 0.3/0.1, which are not whole in binary.
  return String(Math.ceil(value / divisor - 1e-9))
}

/** Labels or annotations as a downward API file lists them: `key="value"`, sorted. */
function formatMap(map: Record<string, string> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n')
}

// The files of volumes whose content is objects of the API: ConfigMap, Secret, downward API, projections of them.
import type { Client } from '../../client.ts'
import type { Pod, Volume } from '../../objects/types.ts'
import { fieldValue, type NodeAllocatable, type PodAddresses, resourceValue } from '../env/field-ref.ts'
import type { TokenRequest } from '../kubelet-context.ts'
import type { VolumeFile } from './atomic-writer.ts'

/** Why a volume cannot be set up, in upstream's words. */
export class MountError extends Error {}

/** What payloads are made from. */
export interface PayloadSources {
  pod: Pod
  client: Pick<Client, 'find'>
  addresses: PodAddresses
  allocatable: NodeAllocatable
  issueToken?(request: TokenRequest): Promise<string>
}

interface KeyToPath {
  key: string
  path: string
  mode?: number
}

/** The files of `volume`, or undefined when its content is not made of objects. */
export async function volumePayload(volume: Volume, sources: PayloadSources): Promise<VolumeFile[] | undefined> {
  const { configMap, secret, downwardAPI, projected } = volume
  if (configMap) return configMapFiles(configMap, sources, configMap.defaultMode ?? 0o644)
  if (secret) return secretFiles({ ...secret, name: secret.secretName }, sources, secret.defaultMode ?? 0o644)
  if (downwardAPI) return downwardFiles(downwardAPI.items ?? [], sources, downwardAPI.defaultMode ?? 0o644)
  if (!projected) return undefined

  const mode = projected.defaultMode ?? 0o644
  const files = new Map<string, VolumeFile>()
  const complaints: string[] = []
  for (const source of projected.sources ?? []) {
    try {
      for (const file of await projectedFiles(source, sources, mode)) files.set(file.path, file)
    } catch (error) {
      if (!(error instanceof MountError)) throw error
      complaints.push(error.message)
    }
  }
  if (complaints.length > 0) {
    throw new MountError(complaints.length === 1 ? complaints[0] : `[${complaints.join(', ')}]`)
  }
  return [...files.values()]
}

type ProjectedSource = NonNullable<NonNullable<Volume['projected']>['sources']>[number]

async function projectedFiles(source: ProjectedSource, sources: PayloadSources, mode: number): Promise<VolumeFile[]> {
  if (source.configMap) return configMapFiles(source.configMap, sources, mode)
  if (source.secret) return secretFiles(source.secret, sources, mode)
  if (source.downwardAPI) return downwardFiles(source.downwardAPI.items ?? [], sources, mode)
  const wanted = source.serviceAccountToken
  if (!wanted || !sources.issueToken) return []
  const { metadata, spec } = sources.pod
  const request: TokenRequest = {
    namespace: metadata.namespace ?? '',
    serviceAccountName: spec?.serviceAccountName ?? 'default',
    podName: metadata.name ?? '',
    podUid: metadata.uid ?? '',
    ...(wanted.audience ? { audience: wanted.audience } : {}),
    expirationSeconds: wanted.expirationSeconds ?? 3600,
  }
  try {
    const token = await sources.issueToken(request)
    return [{ path: wanted.path, content: Buffer.from(token), mode }]
  } catch (error) {
    throw new MountError(`failed to fetch token: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function configMapFiles(
  source: { name?: string; items?: KeyToPath[]; optional?: boolean },
  { pod, client }: PayloadSources,
  mode: number,
): VolumeFile[] {
  const map = client.find('ConfigMap', { namespace: pod.metadata.namespace, name: source.name ?? '' })
  if (!map && !source.optional) throw new MountError(`configmap "${source.name}" not found`)
  const data = new Map([
    ...Object.entries(map?.data ?? {}).map(([key, text]) => [key, Buffer.from(text)] as const),
    ...Object.entries(map?.binaryData ?? {}).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const),
  ])
  return select(data, source, mode, 'configmap references non-existent config key')
}

function secretFiles(
  source: { name?: string; items?: KeyToPath[]; optional?: boolean },
  { pod, client }: PayloadSources,
  mode: number,
): VolumeFile[] {
  const secret = client.find('Secret', { namespace: pod.metadata.namespace, name: source.name ?? '' })
  if (!secret && !source.optional) throw new MountError(`secret "${source.name}" not found`)
  const data = new Map(Object.entries(secret?.data ?? {}).map(([key, text]) => [key, Buffer.from(text, 'base64')]))
  return select(data, source, mode, 'references non-existent secret key')
}

function select(
  data: Map<string, Buffer>,
  { items, optional }: { items?: KeyToPath[]; optional?: boolean },
  mode: number,
  complaint: string,
): VolumeFile[] {
  if (!items || items.length === 0) return [...data].map(([path, content]) => ({ path, content, mode }))
  return items.flatMap(({ key, path, mode: own }) => {
    const content = data.get(key)
    if (content) return [{ path, content, mode: own ?? mode }]
    if (optional) return []
    throw new MountError(`${complaint}: ${key}`)
  })
}

type DownwardItem = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number]

function downwardFiles(items: DownwardItem[], sources: PayloadSources, mode: number): VolumeFile[] {
  const { pod, addresses, allocatable } = sources
  return items.map((item) => {
    const ref = item.resourceFieldRef
    const container = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find(
      ({ name }) => name === ref?.containerName,
    )
    const text = item.fieldRef
      ? fieldValue(pod, item.fieldRef.fieldPath, addresses)
      : ref && container && resourceValue(container, ref, allocatable)
    return { path: item.path, content: Buffer.from(text ?? ''), mode: item.mode ?? mode }
  })
}

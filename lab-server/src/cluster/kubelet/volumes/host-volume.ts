// Volumes that are folders: emptyDir, hostPath, claims. A path of the "node" is always inside our own data folder:
// nothing a pod asks for reaches this machine's real files.
import { chmod, lstat, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import type { Client } from '../../client.ts'
import type { PersistentVolume, Pod, Volume } from '../../objects/types.ts'
import { MountError } from './volume-payload.ts'

/** A claim that keeps a pod from starting; upstream reports it with another text than a failed mount. */
export class ClaimError extends Error {}

/** The folder behind a path of the node. */
export function nodePath(hostDir: string, path: string): string {
  return join(hostDir, normalize(`/${path}`))
}

/** Makes the folder of an emptyDir. */
export async function setUpEmptyDir(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true })
  await chmod(dir, 0o777)
}

/** Finds or makes what a hostPath volume names, by its type. */
export async function setUpHostPath(source: NonNullable<Volume['hostPath']>, hostDir: string): Promise<string> {
  const host = nodePath(hostDir, source.path)
  const stats = await lstat(host).catch(() => undefined)
  const isMissing = stats === undefined
  switch (source.type ?? '') {
    case 'Directory':
      if (!stats?.isDirectory()) throw new MountError(`hostPath type check failed: ${source.path} is not a directory`)
      break
    case 'File':
      if (!stats?.isFile()) throw new MountError(`hostPath type check failed: ${source.path} is not a file`)
      break
    case 'Socket':
      throw new MountError(`hostPath type check failed: ${source.path} is not a socket file`)
    case 'CharDevice':
      throw new MountError(`hostPath type check failed: ${source.path} is not a character device`)
    case 'BlockDevice':
      throw new MountError(`hostPath type check failed: ${source.path} is not a block device`)
    case 'FileOrCreate':
      if (stats && !stats.isFile()) throw new MountError(`hostPath type check failed: ${source.path} is not a file`)
      if (isMissing) {
        await mkdir(dirname(host), { recursive: true })
        await writeFile(host, '')
      }
      break
    default:
      if (isMissing) await mkdir(host, { recursive: true })
  }
  return host
}

/** The folder of the volume that a claim is bound to. */
export async function setUpClaim(
  claimName: string,
  { pod, client, hostDir }: { pod: Pod; client: Pick<Client, 'find'>; hostDir: string },
): Promise<string> {
  const namespace = pod.metadata.namespace
  const claim = client.find('PersistentVolumeClaim', { namespace, name: claimName })
  const what = `error processing PVC ${namespace}/${claimName}`
  if (!claim) {
    const why = `persistentvolumeclaims "${claimName}" not found`
    throw new ClaimError(`${what}: failed to fetch PVC from API server: ${why}`)
  }
  if (claim.metadata.deletionTimestamp) throw new ClaimError(`${what}: can't start pod because PVC is being deleted`)
  const volumeName = claim.spec?.volumeName
  if (claim.status?.phase !== 'Bound' || !volumeName) throw new ClaimError(`${what}: PVC is not bound`)
  const volume = client.find('PersistentVolume', { name: volumeName })
  if (!volume) {
    throw new ClaimError(
      `${what}: failed to fetch PV "${volumeName}" from API server: persistentvolumes "${volumeName}" not found`,
    )
  }
  return setUpPersistentVolume(volume, hostDir)
}

/** The node's path of a persistent volume, where it is of a kind that is a folder of the node. */
export function persistentVolumePath(volume: PersistentVolume): string | undefined {
  return volume.spec?.local?.path ?? volume.spec?.hostPath?.path
}

async function setUpPersistentVolume(volume: PersistentVolume, hostDir: string): Promise<string> {
  const path = persistentVolumePath(volume)
  if (path === undefined) throw new MountError('no volume plugin matched')
  const host = nodePath(hostDir, path)
  await mkdir(host, { recursive: true })
  // As the local-path provisioner leaves it; a volume with data keeps what its owner made of it.
  if ((await readdir(host)).length === 0) await chmod(host, 0o777)
  return host
}

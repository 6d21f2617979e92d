// Where a container sees the pod's volumes, subPath included.
import { lstat, mkdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Container } from '../../objects/types.ts'
import type { Mount } from '../container-runtime.ts'
import { ContainerConfigError } from '../env/container-env.ts'
import { expandReferences } from '../env/expand.ts'

/** The mounts of `container`, in its order; missing folders behind a subPath are made. */
export async function containerMounts(
  container: Container,
  paths: Map<string, string>,
  env: Record<string, string>,
): Promise<Mount[]> {
  const mounts: Mount[] = []
  for (const mount of container.volumeMounts ?? []) {
    const root = paths.get(mount.name)
    if (root === undefined)
      throw new ContainerConfigError(
        `cannot find volume "${mount.name}" to mount into container "${container.name}"`,
        'CreateContainerError',
      )
    const subPath = mount.subPathExpr ? expandReferences(mount.subPathExpr, env) : mount.subPath
    const hostPath = subPath ? await resolveSubPath(root, subPath, mount.name) : root
    mounts.push({ containerPath: mount.mountPath, hostPath, readOnly: mount.readOnly ?? false })
  }
  return mounts
}

/** The file or folder below `root`, which symbolic links must not leave. */
async function resolveSubPath(root: string, subPath: string, volume: string): Promise<string> {
  const refused = (why: string) =>
    new ContainerConfigError(`failed to prepare subPath for volumeMount "${volume}" of container: ${why}`)
  if (subPath.startsWith('/') || subPath.split('/').includes('..')) throw refused('subPath must be a relative path')

  const wanted = join(root, subPath)
  const exists = await lstat(wanted).catch(() => undefined)
  if (!exists) await mkdir(wanted, { recursive: true, mode: 0o777 })
  const real = await realpath(wanted)
  const realRoot = await realpath(root)
  if (real !== realRoot && !real.startsWith(realRoot + sep)) throw refused('subPath leads outside the volume')
  return real
}

// Where a container sees the pod's volumes, subPath included.
import { cp, lstat, mkdir, realpath, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Container } from '../../objects/types.ts'
import type { Mount } from '../container-runtime.ts'
import { ContainerConfigError } from '../env/container-env.ts'
import { expandReferences } from '../env/expand.ts'

/** What mounts are made from. */
export interface MountSources {
  /** Host path by volume name. */
  paths: ReadonlyMap<string, string>
  env: Record<string, string>
  /** Where parts of volumes go that must not change under the container. */
  copiesDir: string
}

/** The mounts of `container`, in its order; missing folders behind a subPath are made. */
export async function containerMounts(container: Container, { paths, env, copiesDir }: MountSources): Promise<Mount[]> {
  const mounts: Mount[] = []
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const root = paths.get(mount.name)
    if (root === undefined)
      throw new ContainerConfigError(
        `cannot find volume "${mount.name}" to mount into container "${container.name}"`,
        'CreateContainerError',
      )
    const subPath = mount.subPathExpr ? expandReferences(mount.subPathExpr, env) : mount.subPath
    const part = subPath && (await resolveSubPath(root, subPath, mount.name))
    const hostPath = part ? await keepPart(root, part, join(copiesDir, container.name, String(index))) : root
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

/**
 * A part of a ConfigMap-like volume stays as it was when the container started, as upstream documents for subPath: the
 * volume's next generation takes the files of this one away, so the container gets its own.
 */
async function keepPart(root: string, part: string, copy: string): Promise<string> {
  const isGenerated = (await lstat(join(root, '..data')).catch(() => undefined)) !== undefined
  if (!isGenerated) return part
  await rm(copy, { recursive: true, force: true })
  await cp(part, copy, { recursive: true, dereference: true })
  return copy
}

// Finds the host path behind a path of the container. Every link is followed here, in the container's own terms, so
// that no link, `..` or mount leads out.
import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs'
import { join, posix } from 'node:path'
import type { UserlandMount } from '../protocol.ts'
import { longestStoredSymlink, readSymlinkContent } from './stored-symlink.ts'

/** A place in the container, resolved. */
export interface JailPath {
  /** Without links, inside the container. */
  path: string
  hostPath: string
  readOnly: boolean
  /** Whether it lies in a volume rather than in the container's own root. */
  inMount: boolean
  /** What is there; undefined when nothing is. */
  stats?: Stats
  /** Set when the place itself is a link that was not to be followed. */
  linkTarget?: string
}

/** A failure with Node's and the system's code. */
export function systemError(code: string, path: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${code}: ${messages[code] ?? code}, '${path}'`)
  error.code = code
  error.path = path
  return error
}

const messages: Record<string, string> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  ELOOP: 'too many symbolic links',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
  EEXIST: 'file already exists',
  ENOTEMPTY: 'directory not empty',
  EINVAL: 'invalid argument',
  ENOSPC: 'no space left on device',
}

export interface JailRoot {
  rootDir: string
  mounts: UserlandMount[]
  readOnlyRoot: boolean
}

const mostLinks = 40

/** Resolves an absolute path of the container. The last part need not exist; folders on the way must. */
export function resolveJailPath(root: JailRoot, containerPath: string, followLast: boolean): JailPath {
  const todo = posix.normalize(`/${containerPath}`).split('/').filter(Boolean)
  let here = place(root, '/')
  let links = 0
  while (todo.length > 0) {
    const name = todo.shift() ?? ''
    if (name === '.') continue
    if (name === '..') {
      here = place(root, posix.dirname(here.path))
      continue
    }
    if (here.stats === undefined) throw systemError('ENOENT', containerPath)
    if (!here.stats.isDirectory()) throw systemError('ENOTDIR', containerPath)
    if (Buffer.byteLength(name) > 255 || name.includes('\0')) throw systemError('EINVAL', containerPath)

    const next = place(root, posix.join(here.path, name))
    const target = linkTarget(next)
    if (target === undefined || (todo.length === 0 && !followLast)) {
      here = target === undefined ? next : { ...next, linkTarget: target }
      continue
    }
    links += 1
    if (links > mostLinks) throw systemError('ELOOP', containerPath)
    if (target.startsWith('/')) here = place(root, '/')
    todo.unshift(...target.split('/').filter(Boolean))
  }
  return here
}

/** The host path of a link-free container path: the longest mount above it decides. */
function place(root: JailRoot, path: string): JailPath {
  let best: UserlandMount | undefined
  for (const mount of root.mounts) {
    const at = posix.normalize(mount.containerPath).replace(/(.)\/$/, '$1')
    const covers = path === at || path.startsWith(at === '/' ? '/' : `${at}/`)
    if (covers && at.length > (best?.containerPath.length ?? -1)) best = { ...mount, containerPath: at }
  }
  const hostPath = best ? join(best.hostPath, path.slice(best.containerPath.length)) : join(root.rootDir, path)
  const stats = lstatSync(hostPath, { throwIfNoEntry: false })
  const isMountPoint = best?.containerPath === path
  // A volume's own folder may be a link of the host that the kubelet made; nothing below it is trusted so.
  if (isMountPoint && stats?.isSymbolicLink()) return { path, hostPath, readOnly: true, inMount: true }
  return { path, hostPath, readOnly: best?.readOnly ?? root.readOnlyRoot, inMount: best !== undefined, stats }
}

function linkTarget({ hostPath, stats }: JailPath): string | undefined {
  // Volumes of ConfigMaps and Secrets hold links of the host that the kubelet made.
  if (stats?.isSymbolicLink()) return readlinkSync(hostPath)
  if (!stats?.isFile() || stats.size > longestStoredSymlink || stats.size < 10) return undefined
  try {
    return readSymlinkContent(readFileSync(hostPath, 'utf8'))
  } catch {
    return undefined
  }
}

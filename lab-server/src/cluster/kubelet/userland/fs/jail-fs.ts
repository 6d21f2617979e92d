// The container's file system: paths of the container, files of the host, and no way out. Implements what just-bash's
// commands need, so that sort, sed and the like see the same files as everything else.
import { constants } from 'node:fs'
import {
  chmod,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readlink,
  rename,
  rmdir,
  statfs,
  unlink,
  utimes,
} from 'node:fs/promises'
import { posix } from 'node:path'
import type { FsStat, IFileSystem } from 'just-bash'
import type { UserlandContainer } from '../protocol.ts'
import { type JailPath, type JailRoot, resolveJailPath, systemError } from './jail-path.ts'
import { isDevice, isVirtualPath, type VirtualEntry } from './proc-files.ts'
import { symlinkContent } from './stored-symlink.ts'

type Content = string | Uint8Array
type ByteString = Awaited<ReturnType<NonNullable<IFileSystem['readFileBytes']>>>

/** Largest file that is read at once; a container has little memory anyway. */
const largestRead = 64 * 1024 * 1024

/** Folders where a user other than root may write. */
const openToAll = ['/tmp', '/var/tmp', '/dev/shm']

export interface JailStat extends FsStat {
  uid: number
  links: number
  kind: 'file' | 'folder' | 'symlink' | 'device'
}

export interface JailFs extends IFileSystem {
  stat(path: string): Promise<JailStat>
  lstat(path: string): Promise<JailStat>
  /** Opens a file to read from or write to piece by piece. */
  openRead(path: string): Promise<FileHandle>
  openWrite(path: string, append: boolean): Promise<FileHandle>
  /** The container path without links. */
  realpath(path: string): Promise<string>
  /** Whether the container's user may write there. */
  isWritable(path: string): boolean
  /** Host path behind a container path, for tools that the image brings. */
  hostPath(path: string): string
}

export interface JailSetting {
  container: UserlandContainer
  findVirtual(path: string): Promise<VirtualEntry | undefined>
}

/** Makes the file system of one container. */
export function makeJailFs({ container, findVirtual }: JailSetting): JailFs {
  const root: JailRoot = container
  const resolve = (path: string) => resolveJailPath(root, path, true)
  const resolveLink = (path: string) => resolveJailPath(root, path, false)

  const mayWrite = (at: JailPath) => {
    if (container.user === 0 || at.inMount) return true
    return [...openToAll, container.containerEnv.HOME ?? '/tmp'].some(
      (folder) => folder !== '/' && (at.path === folder || at.path.startsWith(`${folder}/`)),
    )
  }
  const forWriting = (at: JailPath, path: string): JailPath => {
    if (isVirtualPath(at.path)) throw systemError('EACCES', path)
    if (at.readOnly) throw systemError('EROFS', path)
    if (!mayWrite(at)) throw systemError('EACCES', path)
    return at
  }
  const existing = (at: JailPath, path: string): JailPath & { stats: NonNullable<JailPath['stats']> } => {
    if (!at.stats) throw systemError('ENOENT', path)
    return { ...at, stats: at.stats }
  }

  async function openRead(path: string): Promise<FileHandle> {
    const at = existing(resolve(path), path)
    if (at.stats.isDirectory()) throw systemError('EISDIR', path)
    if (!at.stats.isFile()) throw systemError('EACCES', path)
    return openExactly(at, constants.O_RDONLY, path)
  }

  async function openWrite(path: string, append: boolean): Promise<FileHandle> {
    const at = forWriting(resolve(path), path)
    if (at.stats?.isDirectory()) throw systemError('EISDIR', path)
    if (at.stats && !at.stats.isFile()) throw systemError('EACCES', path)
    const { bavail, bsize } = await statfs(container.rootDir)
    if (bavail * bsize < reserve) throw systemError('ENOSPC', path)
    const flags = constants.O_WRONLY | constants.O_CREAT | (append ? constants.O_APPEND : constants.O_TRUNC)
    return withinBudget(await openExactly(at, flags, path), path)
  }

  async function readBuffer(path: string): Promise<Buffer> {
    const virtual = isVirtualPath(posix.normalize(path)) ? await findVirtual(posix.normalize(path)) : undefined
    if (virtual?.kind === 'file') return virtual.read()
    if (virtual?.kind === 'folder') throw systemError('EISDIR', path)
    if (virtual) return Buffer.alloc(0)
    if (isVirtualPath(posix.normalize(path))) throw systemError('ENOENT', path)
    const file = await openRead(path)
    try {
      if ((await file.stat()).size > largestRead) throw new Error('File too large')
      return await file.readFile()
    } finally {
      await file.close()
    }
  }

  async function write(path: string, content: Content, append: boolean): Promise<void> {
    if (isDevice(posix.normalize(path))) return
    const file = await openWrite(path, append)
    try {
      await file.writeFile(content)
    } finally {
      await file.close()
    }
  }

  async function statOf(path: string, follow: boolean): Promise<JailStat> {
    const normal = posix.normalize(path)
    if (isVirtualPath(normal)) {
      const virtual = await findVirtual(normal)
      if (!virtual) throw systemError('ENOENT', path)
      return virtualStat(virtual)
    }
    const at = existing(follow ? resolve(path) : resolveLink(path), path)
    return statFrom(at, container.user)
  }

  async function names(path: string): Promise<string[]> {
    const normal = posix.normalize(path)
    const virtual = isVirtualPath(normal) ? await findVirtual(normal) : undefined
    if (virtual?.kind === 'folder') return virtual.names
    if (virtual) throw systemError('ENOTDIR', path)
    const at = existing(resolve(path), path)
    if (!at.stats.isDirectory()) throw systemError('ENOTDIR', path)
    return (await readdir(at.hostPath)).sort()
  }

  async function remove(path: string, options: { recursive?: boolean; force?: boolean }): Promise<void> {
    const at = resolveLink(path)
    if (!at.stats) {
      if (options.force) return
      throw systemError('ENOENT', path)
    }
    forWriting(at, path)
    if (at.path === '/') throw systemError('EPERM', path)
    if (!at.stats.isDirectory()) return unlink(at.hostPath)
    if (!options.recursive) return rmdir(at.hostPath).catch((error) => Promise.reject(cleanError(error, path)))
    for (const name of await readdir(at.hostPath)) await remove(posix.join(at.path, name), options)
    if (!container.mounts.some(({ containerPath }) => posix.normalize(containerPath) === at.path))
      await rmdir(at.hostPath)
  }

  async function copy(from: string, to: string, recursive: boolean): Promise<void> {
    const stat = await statOf(from, false)
    if (stat.kind === 'symlink') return fs.symlink(await fs.readlink(from), to)
    if (stat.kind !== 'folder') {
      await write(to, await readBuffer(from), false)
      return chmod(forWriting(resolve(to), to).hostPath, stat.mode & 0o7777)
    }
    if (!recursive) throw systemError('EISDIR', from)
    await fs.mkdir(to, { recursive: true })
    for (const name of await names(from)) await copy(posix.join(from, name), posix.join(to, name), true)
  }

  const fs: JailFs = {
    openRead,
    openWrite,
    readFile: async (path, options) => {
      const encoding = typeof options === 'string' ? options : (options?.encoding ?? 'utf8')
      return (await readBuffer(path)).toString(encoding === 'binary' ? 'latin1' : (encoding as BufferEncoding))
    },
    readFileBytes: async (path) => (await readBuffer(path)).toString('latin1') as unknown as ByteString,
    readFileBuffer: readBuffer,
    writeFile: (path, content, options) => write(path, encode(content, options), false),
    appendFile: (path, content, options) => write(path, encode(content, options), true),
    exists: async (path) => {
      try {
        await statOf(path, true)
        return true
      } catch {
        return false
      }
    },
    stat: (path) => statOf(path, true),
    lstat: (path) => statOf(path, false),
    async mkdir(path, options) {
      const at = resolveMissing(root, path, options?.recursive ?? false)
      for (const [index, folder] of at.entries()) {
        const target = resolve(folder)
        if (target.stats?.isDirectory() && options?.recursive) continue
        if (target.stats) throw systemError('EEXIST', path)
        await mkdir(forWriting(target, index === at.length - 1 ? path : folder).hostPath)
      }
    },
    readdir: names,
    async readdirWithFileTypes(path) {
      const list = await names(path)
      return Promise.all(
        list.map(async (name) => {
          const { kind } = await statOf(posix.join(path, name), false).catch(() => ({ kind: 'file' as const }))
          return { name, isFile: kind === 'file', isDirectory: kind === 'folder', isSymbolicLink: kind === 'symlink' }
        }),
      )
    },
    rm: (path, options = {}) => remove(path, options),
    cp: (from, to, options) => copy(from, to, options?.recursive ?? false),
    async mv(from, to) {
      const source = forWriting(existing(resolveLink(from), from), from)
      const target = forWriting(resolveLink(to), to)
      if (target.path.startsWith(`${source.path}/`)) throw systemError('EINVAL', to)
      await rename(source.hostPath, target.hostPath).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EXDEV') throw cleanError(error, to)
        await copy(from, to, true)
        await remove(from, { recursive: true })
      })
    },
    resolvePath: (base, path) => posix.resolve(base, path),
    getAllPaths: () => [],
    async chmod(path, mode) {
      const at = forWriting(existing(resolve(path), path), path)
      // Keep the host's user able to read and write: the container's root would be, too.
      await chmod(at.hostPath, (mode & 0o1777) | (at.stats?.isDirectory() ? 0o700 : 0o600))
    },
    async symlink(target, path) {
      const at = forWriting(resolveLink(path), path)
      if (at.stats) throw systemError('EEXIST', path)
      const file = await openExactly(at, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, path)
      try {
        await file.writeFile(symlinkContent(target))
      } finally {
        await file.close()
      }
    },
    async link(from, to) {
      const source = forWriting(existing(resolveLink(from), from), from)
      if (!source.stats?.isFile()) throw systemError('EPERM', from)
      await link(source.hostPath, forWriting(resolveLink(to), to).hostPath).catch((error) =>
        Promise.reject(cleanError(error, to)),
      )
    },
    async readlink(path) {
      const at = existing(resolveLink(path), path)
      if (at.linkTarget !== undefined) return at.linkTarget
      if (at.stats.isSymbolicLink()) return readlink(at.hostPath)
      throw systemError('EINVAL', path)
    },
    async realpath(path) {
      return isVirtualPath(posix.normalize(path)) ? posix.normalize(path) : existing(resolve(path), path).path
    },
    async utimes(path, accessed, modified) {
      await utimes(forWriting(existing(resolve(path), path), path).hostPath, accessed, modified)
    },
    isWritable(path) {
      try {
        forWriting(resolve(path), path)
        return true
      } catch {
        return false
      }
    },
    hostPath: (path) => resolve(path).hostPath,
  }
  return fs
}

/** What one command line may write in all: a loop must not fill the machine's disk. */
const writeBudget = 512 * 1024 * 1024
/** Free space that stays for everyone else. */
const reserve = 512 * 1024 * 1024
let written = 0

/** Makes the file refuse data when the budget is spent. */
async function withinBudget(file: FileHandle, path: string): Promise<FileHandle> {
  const write = file.write.bind(file) as (...args: unknown[]) => ReturnType<FileHandle['write']>
  const writeFile = file.writeFile.bind(file)
  const spend = (size: number) => {
    written += size
    if (written > writeBudget) throw systemError('ENOSPC', path)
  }
  return Object.assign(file, {
    async write(data: Uint8Array, ...rest: unknown[]) {
      spend(data.length)
      return write(data, ...rest)
    },
    async writeFile(data: Content) {
      spend(data.length)
      return writeFile(data)
    },
  })
}

/** Opens what was resolved and nothing else: a link that took its place in the meantime is refused. */
async function openExactly(at: JailPath, flags: number, path: string): Promise<FileHandle> {
  try {
    return await open(at.hostPath, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o644)
  } catch (error) {
    throw cleanError(error, path)
  }
}

/** Replaces host paths in an error by the container's. */
function cleanError(error: unknown, path: string): NodeJS.ErrnoException {
  return systemError((error as NodeJS.ErrnoException).code ?? 'EIO', path)
}

function encode(content: Content, options: unknown): Content {
  if (typeof content !== 'string') return content
  const encoding = typeof options === 'string' ? options : (options as { encoding?: string } | undefined)?.encoding
  return encoding === 'binary' || encoding === 'latin1' ? Buffer.from(content, 'latin1') : content
}

function statFrom(at: JailPath & { stats: NonNullable<JailPath['stats']> }, user: number): JailStat {
  const { stats } = at
  const isLink = at.linkTarget !== undefined
  const kind = isLink ? 'symlink' : stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'device'
  return {
    kind,
    isFile: kind === 'file',
    isDirectory: kind === 'folder',
    isSymbolicLink: kind === 'symlink',
    mode: isLink ? 0o777 : stats.mode & 0o7777,
    size: isLink ? (at.linkTarget?.length ?? 0) : stats.size,
    mtime: stats.mtime,
    ino: stats.ino,
    dev: 1,
    // Whom the files belong to on the host says nothing here: the image's are root's, a volume's the user's.
    uid: at.inMount ? user : 0,
    links: stats.nlink,
  }
}

function virtualStat(entry: VirtualEntry): JailStat {
  const kind = entry.kind
  return {
    kind,
    isFile: kind === 'file',
    isDirectory: kind === 'folder',
    isSymbolicLink: false,
    mode: kind === 'folder' ? 0o555 : kind === 'device' ? 0o666 : 0o444,
    size: 0,
    mtime: new Date(),
    uid: 0,
    links: 1,
  }
}

/** The folders that `mkdir` has to make, outermost first. */
function resolveMissing(root: JailRoot, path: string, recursive: boolean): string[] {
  const normal = posix.normalize(`/${path}`).replace(/(.)\/$/, '$1')
  if (!recursive) return [normal]
  const folders: string[] = []
  for (let folder = normal; folder !== '/'; folder = posix.dirname(folder)) {
    folders.unshift(folder)
    if (isThere(root, posix.dirname(folder))) break
  }
  return folders.length > 0 ? folders : ['/']
}

function isThere(root: JailRoot, path: string): boolean {
  try {
    return resolveJailPath(root, path, true).stats !== undefined
  } catch {
    return false
  }
}

// The container's file system with `/proc/PID/root`: the files of other processes' containers, for those who may see them.
import { posix } from 'node:path'
import { type JailFs, makeJailFs } from './jail-fs.ts'
import { findVirtualEntry, type ProcScene, pidOf, standing } from './proc-files.ts'

/** A path, and the file system it lies in. */
interface Place {
  fs: JailFs
  path: string
  /** What stands before the path in the container of who asks. */
  prefix: string
}

/** Makes the file system of a command. */
export function makeProcessFs(scene: ProcScene): JailFs {
  const findVirtual = (path: string) => findVirtualEntry(path, scene)
  const own = makeJailFs({ container: scene.container, findVirtual })
  const others = new Map<string, JailFs>()

  /** Whose root a path below `/proc/PID/root` lies in; undefined for any other path. */
  function match(path: string): { pid: number; rest: string; prefix: string } | undefined {
    const found = /^(\/proc\/(self|\d+)\/root)(\/.*)?$/.exec(posix.normalize(path))
    if (!found) return undefined
    return { pid: pidOf(found[2], scene.selfPid), rest: found[3] ?? '/', prefix: found[1] ?? '' }
  }

  async function place(path: string): Promise<Place> {
    const found = match(path)
    if (!found) return { fs: own, path, prefix: '' }
    const container = await standing(scene, found.pid, path)
    if (container.id === scene.container.id) return { fs: own, path: found.rest, prefix: found.prefix }
    const known = others.get(container.id)
    // Their files, but the rights of who asks.
    const fs = known ?? makeJailFs({ container: { ...container, user: scene.container.user }, findVirtual })
    others.set(container.id, fs)
    return { fs, path: found.rest, prefix: found.prefix }
  }

  /** Does at the right place what takes one path and more arguments. */
  const at =
    <Args extends unknown[], Result>(act: (fs: JailFs, path: string, ...args: Args) => Promise<Result>) =>
    async (path: string, ...args: Args): Promise<Result> => {
      const found = await place(path)
      return act(found.fs, found.path, ...args)
    }

  async function copy(from: string, to: string, recursive: boolean): Promise<void> {
    const [source, target] = await Promise.all([place(from), place(to)])
    if (source.fs === target.fs) return source.fs.cp(source.path, target.path, { recursive })
    const stat = await source.fs.stat(source.path)
    if (!stat.isDirectory) {
      await target.fs.writeFile(target.path, await source.fs.readFileBuffer(source.path))
      return target.fs.chmod(target.path, stat.mode & 0o7777)
    }
    if (!recursive) return source.fs.cp(source.path, target.path, { recursive })
    await target.fs.mkdir(target.path, { recursive: true })
    for (const name of await source.fs.readdir(source.path)) {
      await copy(posix.join(from, name), posix.join(to, name), true)
    }
  }

  return {
    openRead: at((fs, path) => fs.openRead(path)),
    openWrite: at((fs, path, append: boolean) => fs.openWrite(path, append)),
    readFile: at((fs, path, options?: Parameters<JailFs['readFile']>[1]) => fs.readFile(path, options)),
    ...(own.readFileBytes ? { readFileBytes: at((fs, path) => (fs.readFileBytes ?? notThere)(path)) } : {}),
    readFileBuffer: at((fs, path) => fs.readFileBuffer(path)),
    writeFile: at((fs, path, ...rest: Rest<'writeFile'>) => fs.writeFile(path, ...rest)),
    appendFile: at((fs, path, ...rest: Rest<'appendFile'>) => fs.appendFile(path, ...rest)),
    exists: (path) =>
      place(path).then(
        (found) => found.fs.exists(found.path),
        () => false,
      ),
    stat: at((fs, path) => fs.stat(path)),
    lstat: at((fs, path) => fs.lstat(path)),
    mkdir: at((fs, path, ...rest: Rest<'mkdir'>) => fs.mkdir(path, ...rest)),
    readdir: at((fs, path) => fs.readdir(path)),
    ...(own.readdirWithFileTypes
      ? { readdirWithFileTypes: at((fs, path) => (fs.readdirWithFileTypes ?? notThere)(path)) }
      : {}),
    rm: at((fs, path, ...rest: Rest<'rm'>) => fs.rm(path, ...rest)),
    chmod: at((fs, path, mode: number) => fs.chmod(path, mode)),
    utimes: at((fs, path, ...rest: Rest<'utimes'>) => fs.utimes(path, ...rest)),
    readlink: at((fs, path) => fs.readlink(path)),
    async realpath(path) {
      const found = await place(path)
      return posix.normalize(`${found.prefix}${await found.fs.realpath(found.path)}`).replace(/(.)\/$/, '$1')
    },
    async symlink(target, path) {
      const found = await place(path)
      return found.fs.symlink(target, found.path)
    },
    async link(from, to) {
      const [source, target] = await Promise.all([place(from), place(to)])
      if (source.fs === target.fs) return source.fs.link(source.path, target.path)
      return copy(from, to, false)
    },
    cp: (from, to, options) => copy(from, to, options?.recursive ?? false),
    async mv(from, to) {
      const [source, target] = await Promise.all([place(from), place(to)])
      if (source.fs === target.fs) return source.fs.mv(source.path, target.path)
      await copy(from, to, true)
      await source.fs.rm(source.path, { recursive: true })
    },
    resolvePath: own.resolvePath,
    getAllPaths: own.getAllPaths,
    isWritable: (path) => (match(path) ? scene.container.user === 0 : own.isWritable(path)),
    hostPath: own.hostPath,
  }
}

type Rest<Name extends 'writeFile' | 'appendFile' | 'mkdir' | 'rm' | 'utimes'> =
  Parameters<JailFs[Name]> extends [string, ...infer Others] ? Others : never

const notThere = (): Promise<never> => Promise.reject(new Error('not there'))

// As whom container processes run on the host. A server that runs as root must not run containers as root.
import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** A user of the host without rights. */
export interface HostUser {
  uid: number
  gid: number
}

/** How to start a process as that user: spawn's own options, and a command to put in front when those do not do. */
export interface HostIdentity {
  /** Owner that containers' folders must have; undefined leaves them alone. */
  user?: HostUser
  spawnOptions: { uid?: number; gid?: number }
  prefix: string[]
  /** What the operator should know, when there is something. */
  note?: string
}

/** Debian and most others have `nobody` at this number; PostgreSQL needs one that has a name. */
export const nobody: HostUser = { uid: 65534, gid: 65534 }

const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path))

/** Decides how to drop rights so that the processes still reach `folders` (the program text and the data). */
export function findHostIdentity(folders: string[], user: HostUser = nobody): HostIdentity {
  if (process.getuid?.() !== 0) return { spawnOptions: {}, prefix: [] }
  const closed = folders.map(findClosedFolder).find((folder) => folder !== undefined)
  return planHostIdentity(user, closed, setpriv)
}

/** Chooses between plain setuid and one that may still enter folders like a mode-700 home. */
export function planHostIdentity(user: HostUser, closedFolder: string | undefined, setprivPath?: string): HostIdentity {
  if (closedFolder === undefined) return { user, spawnOptions: { uid: user.uid, gid: user.gid }, prefix: [] }
  if (!setprivPath) {
    throw new Error(
      `Containers run as user ${user.uid}, who cannot enter ${closedFolder}. Run "chmod o+x ${closedFolder}", move the folder, or start as an ordinary user.`,
    )
  }
  // The process keeps one capability: to search folders. It is not root and cannot write anywhere new.
  const prefix = [
    setprivPath,
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_read_search',
    '--ambient-caps=-all,+dac_read_search',
    '--bounding-set=-all,+dac_read_search',
    '--no-new-privs',
    '--',
  ]
  const note = `Other users cannot enter ${closedFolder}: container processes keep the capability to search folders. "chmod o+x ${closedFolder}" avoids that.`
  return { user, spawnOptions: {}, prefix, note }
}

/** The same identity for processes that first enter a network by this command, while they may. */
export function insideNetwork(identity: HostIdentity, enter: string[]): HostIdentity {
  if (enter.length === 0) return identity
  const { uid, gid } = identity.spawnOptions
  const drop = uid === undefined ? [] : [`--setuid=${uid}`, `--setgid=${gid}`]
  return { ...identity, spawnOptions: {}, prefix: [...enter, ...drop, '--', ...identity.prefix] }
}

/** The outermost folder on the way to `path` that other users may not enter. */
function findClosedFolder(path: string): string | undefined {
  let closed: string | undefined
  let folder = existsSync(path) ? realpathSync(path) : path
  for (;;) {
    if (existsSync(folder) && statSync(folder).isDirectory() && (statSync(folder).mode & 0o001) === 0) closed = folder
    const parent = dirname(folder)
    if (parent === folder) return closed
    folder = parent
  }
}

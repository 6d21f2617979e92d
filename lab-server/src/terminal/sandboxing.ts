// Which strength of isolation this machine gives a shell. Probed once, at start, and shown; never lowered silently.
import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** An unprivileged user id that no package uses: processes of students run as this when the lab runs as root. */
const studentUid = 62_001

export interface Sandboxing {
  isolation: 'isolated' | 'shared'
  /** Owner of homes and shells; undefined for the lab's own user. */
  owner: number | undefined
  /** Why it is not isolated, and how to get there. */
  reason?: string
}

/** Arguments of a trial run: the same namespaces as a shell's. */
const trial = (folder: string) => [
  '--unshare-all',
  '--die-with-parent',
  '--ro-bind',
  '/usr',
  '/usr',
  '--symlink',
  'usr/bin',
  '/bin',
  '--symlink',
  'usr/lib',
  '/lib',
  '--symlink',
  'usr/lib64',
  '/lib64',
  '--bind',
  folder,
  '/home',
  '--proc',
  '/proc',
  '--dev',
  '/dev',
  '/usr/bin/env',
  'true',
]

async function works(file: string, args: string[], uid: number | undefined): Promise<string | undefined> {
  try {
    await run(file, args, { timeout: 10_000, ...(uid === undefined ? {} : { uid, gid: uid }) })
    return undefined
  } catch (error) {
    const failure = error as Error & { stderr?: string; code?: string }
    if (failure.code === 'ENOENT') return `${file} is not installed (Debian: apt-get install bubblewrap)`
    return failure.stderr?.trim() || failure.message
  }
}

/** Tries bubblewrap as an unprivileged user, then as the lab's own; `root` is where homes will be. */
export async function findSandboxing(root: string): Promise<Sandboxing> {
  const isRoot = process.getuid?.() === 0
  if (process.platform !== 'linux') return { isolation: 'shared', owner: undefined, reason: 'bubblewrap needs Linux' }
  const probe = join(root, '.probe')
  await mkdir(probe, { recursive: true, mode: 0o755 })
  try {
    if (isRoot && !(await works('bwrap', trial(probe), studentUid))) return { isolation: 'isolated', owner: studentUid }
    const reason = await works('bwrap', trial(probe), undefined)
    if (!reason) return { isolation: 'isolated', owner: undefined }
    return { isolation: 'shared', owner: undefined, reason }
  } finally {
    await rm(probe, { recursive: true, force: true })
  }
}

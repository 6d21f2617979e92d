// Lays out the folder that stands for `/` inside a container.
import { chmodSync, chownSync, lchownSync, linkSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import type { ContainerSpec, Image, Mount } from '../container-runtime.ts'
import { appletPaths } from '../userland/applets.ts'
import { symlinkContent } from '../userland/fs/stored-symlink.ts'
import type { HostUser } from './host-user.ts'

const folders = [
  'bin',
  'dev',
  'etc',
  'home',
  'proc',
  'root',
  'run',
  'sbin',
  'sys',
  'tmp',
  'usr/bin',
  'usr/sbin',
  'usr/local/bin',
  'var/log',
  'var/run',
  'var/tmp',
]

/**
 * Creates the root folder of a container: the image's files, its tools, and what the kubelet puts into /etc.
 * `toolsDir` keeps one copy of the tools for all containers, where these run as a user who cannot write to it.
 */
export function layOutRoot(rootDir: string, spec: ContainerSpec, owner: HostUser | undefined, toolsDir: string): void {
  const own = (path: string) => {
    if (owner) chownSync(path, owner.uid, owner.gid)
  }
  const made = new Set<string>()
  const makeFolder = (path: string) => {
    const host = join(rootDir, normalize(`/${path}`))
    if (made.has(host)) return
    made.add(host)
    const first = mkdirSync(host, { recursive: true })
    for (let folder = host; first && folder.length >= first.length; folder = dirname(folder)) own(folder)
  }
  const linkTool = (tool: string, path: string) => {
    makeFolder(dirname(path))
    linkSync(tool, join(rootDir, normalize(`/${path}`)))
  }
  const writeFile = (path: string, content: string, mode = 0o644) => {
    makeFolder(dirname(path))
    const host = join(rootDir, normalize(`/${path}`))
    writeFileSync(host, content)
    chmodSync(host, mode)
    own(host)
  }

  makeFolder('/')
  for (const folder of folders) makeFolder(folder)
  for (const folder of ['tmp', 'var/tmp']) chmodSync(join(rootDir, folder), 0o1777)
  const tool = owner && sharedTool(toolsDir)
  for (const path of appletPaths(spec.image.userland)) {
    if (tool) linkTool(tool, path)
    else writeFile(path, toolContent, 0o755)
  }
  if (spec.image.userland !== 'none') writeFile('/bin/busybox', '', 0o755)
  for (const path of Object.keys(spec.image.programs)) writeFile(path, '', 0o755)
  for (const [path, content] of Object.entries(etcFiles(spec))) writeFile(path, content)
  for (const [path, content] of Object.entries(spec.image.files)) {
    writeFile(path, content, content.startsWith('#!') ? 0o755 : 0o644)
  }
  makeFolder(spec.workingDir || spec.image.workingDir || '/')
  for (const mount of spec.mounts) layOutMountPoint(rootDir, mount, { makeFolder, writeFile })
}

const toolContent = symlinkContent('/bin/busybox')
/** Below what file systems allow of links to one file. */
const mostLinks = 30_000

/** The file that every tool of every container is a link to: some hundred files less to write for each. */
function sharedTool(toolsDir: string): string {
  mkdirSync(toolsDir, { recursive: true })
  const count = readdirSync(toolsDir).length
  const newest = join(toolsDir, `${count}`)
  const found = lstatSync(newest, { throwIfNoEntry: false })
  if (found && found.nlink < mostLinks) return newest
  const fresh = join(toolsDir, `${count + 1}`)
  writeFileSync(fresh, toolContent)
  chmodSync(fresh, 0o755)
  return fresh
}

function layOutMountPoint(
  rootDir: string,
  mount: Mount,
  { makeFolder, writeFile }: { makeFolder(path: string): void; writeFile(path: string, content: string): void },
): void {
  const isFolder = lstatSync(mount.hostPath, { throwIfNoEntry: false })?.isDirectory() ?? true
  if (isFolder) makeFolder(mount.containerPath)
  else if (!lstatSync(join(rootDir, mount.containerPath), { throwIfNoEntry: false })) writeFile(mount.containerPath, '')
}

/** Gives volumes to the unprivileged user, once: what a container wrote later is its own already. */
export function giveMounts(mounts: Mount[], owner: HostUser | undefined): void {
  if (!owner) return
  for (const mount of mounts) giveTree(mount.hostPath, owner)
}

function giveTree(path: string, owner: HostUser): void {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  // Only what the kubelet made: a link that a container left must not lead chown astray.
  if (stat?.uid !== 0) return
  lchownSync(path, owner.uid, owner.gid)
  if (!stat.isDirectory()) return
  for (const name of readdirSync(path)) giveTree(join(path, name), owner)
}

function etcFiles(spec: ContainerSpec): Record<string, string> {
  const user = spec.user === 0 ? '' : `app:x:${spec.user}:${spec.user}::/home/app:/bin/sh\n`
  return {
    '/etc/hostname': `${spec.hostname}\n`,
    '/etc/hosts': spec.hosts,
    '/etc/resolv.conf': spec.resolvConf,
    '/etc/passwd': `root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n${user}`,
    '/etc/group': `root:x:0:\ndaemon:x:1:\nnogroup:x:65534:\n${spec.user === 0 ? '' : `app:x:${spec.user}:\n`}`,
    ...osRelease(spec.image),
  }
}

function osRelease(image: Image): Record<string, string> {
  if (image.userland === 'none') return {}
  const isAlpine = image.userland !== 'busybox'
  const name = isAlpine ? 'Alpine Linux' : 'BusyBox'
  return { '/etc/os-release': `NAME="${name}"\nID=${isAlpine ? 'alpine' : 'busybox'}\n` }
}

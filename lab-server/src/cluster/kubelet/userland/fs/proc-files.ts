// The folders /proc, /sys and /dev of a container: what a curious student looks at, and nothing of the host's.
import { release } from 'node:os'
import type { NeighbourResult, ProcessEntry, UserlandContainer } from '../protocol.ts'
import { systemError } from './jail-path.ts'
import { machineFile } from './machine-files.ts'

/** A file that exists only when it is read. */
export type VirtualEntry = { kind: 'file'; read(): Buffer } | { kind: 'folder'; names: string[] } | { kind: 'device' }

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'stdin', 'stdout', 'stderr', 'ptmx']
const virtualRoots = ['/proc', '/dev', '/sys']

/** Whether a path belongs to the virtual folders. */
export function isVirtualPath(path: string): boolean {
  if (path.startsWith('/dev/shm') || path.startsWith('/dev/termination-log')) return false
  return virtualRoots.some((root) => path === root || path.startsWith(`${root}/`))
}

/** The device files a command may open. */
export const isDevice = (path: string) => path.startsWith('/dev/') && devices.includes(path.slice(5))

const text = (content: string): VirtualEntry => ({ kind: 'file', read: () => Buffer.from(content) })
const folder = (names: string[]): VirtualEntry => ({ kind: 'folder', names })

/** What the virtual folders tell of. */
export interface ProcScene {
  container: UserlandContainer
  selfPid: number
  /** Everything that `ps` shows. */
  processes(): Promise<ProcessEntry[]>
  /** Where a process stands, for those who may know. */
  containerOf(pid: number): Promise<NeighbourResult>
}

/** Finds what stands at a virtual path; undefined when nothing does. */
export async function findVirtualEntry(path: string, scene: ProcScene): Promise<VirtualEntry | undefined> {
  const { container } = scene
  if (path === '/dev') return folder([...devices, 'shm', 'fd', 'termination-log'])
  if (path === '/dev/fd') return folder(['0', '1', '2'])
  if (isDevice(path)) return { kind: 'device' }
  if (path === '/sys') return folder(['class', 'devices', 'fs', 'kernel'])
  if (path === '/proc') {
    const pids = (await scene.processes()).map(({ pid }) => String(pid))
    return folder([...pids, 'self', ...topFiles(container), 'net', 'sys'])
  }
  if (path === '/proc/net') return folder(['dev', 'route', 'tcp'])
  const own = systemFiles(container)[path.slice('/proc/'.length)]
  if (path.startsWith('/proc/') && own !== undefined) return { kind: 'file', read: () => Buffer.from(own()) }
  return findProcessEntry(path, scene)
}

/** The process that the first part of a path below /proc names. */
export const pidOf = (name: string | undefined, selfPid: number) => (name === 'self' ? selfPid : Number(name))

async function findProcessEntry(path: string, scene: ProcScene): Promise<VirtualEntry | undefined> {
  const match = /^\/proc\/(self|\d+)(?:\/([^/]+))?$/.exec(path)
  if (!match) return undefined
  const pid = pidOf(match[1], scene.selfPid)
  const one = (await scene.processes()).find((entry) => entry.pid === pid)
  if (!one) return undefined
  const name = one.command.split(' ')[0]?.split('/').at(-1)?.replace(/:$/, '') ?? ''
  switch (match[2]) {
    case undefined:
      return folder(['cgroup', 'cmdline', 'comm', 'environ', 'mounts', 'root', 'status'])
    case 'cmdline':
      return text(`${one.command.replaceAll(' ', '\0')}\0`)
    case 'comm':
      return text(`${name.slice(0, 15)}\n`)
    case 'environ': {
      const { containerEnv } = await standing(scene, pid, path)
      return text(
        Object.entries(containerEnv)
          .map(([key, value]) => `${key}=${value}\0`)
          .join(''),
      )
    }
    case 'cgroup':
      return text('0::/\n')
    case 'mounts':
      return text(mountTable(await standing(scene, pid, path)))
    case 'status':
      return text(
        `Name:\t${name.slice(0, 15)}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t${one.parent}\nUid:\t${one.user}\t${one.user}\t${one.user}\t${one.user}\nGid:\t${one.user}\t${one.user}\t${one.user}\t${one.user}\nVmRSS:\t${Math.round((one.memoryBytes ?? 1e6) / 1024)} kB\nThreads:\t1\n`,
      )
    default:
      return undefined
  }
}

/** The container of a process; throws for those who may not look into it. */
export async function standing(scene: ProcScene, pid: number, path: string): Promise<UserlandContainer> {
  const container = await scene.containerOf(pid)
  if (container === 'not-permitted') throw systemError('EACCES', path)
  if (container === 'no-such-process') throw systemError('ENOENT', path)
  return container
}

/** Lines of /proc/mounts: the root and the volumes. */
export function mountTable({ mounts, readOnlyRoot }: UserlandContainer): string {
  const mode = (readOnly: boolean) => (readOnly ? 'ro' : 'rw')
  const lines = [
    `overlay / overlay ${mode(readOnlyRoot)},relatime,lowerdir=/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots 0 0`,
    'proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0',
    'tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0',
    'sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime 0 0',
    ...mounts.map(({ containerPath, readOnly }) => `/dev/vda1 ${containerPath} ext4 ${mode(readOnly)},relatime 0 0`),
  ]
  return `${lines.join('\n')}\n`
}

/** Those that stand in /proc itself. */
const topFiles = (container: UserlandContainer) =>
  Object.keys(systemFiles(container)).filter((name) => !name.includes('/'))

/** The text of each, made when it is read. */
function systemFiles(container: UserlandContainer): Record<string, () => string> {
  return {
    cpuinfo: () => machineFile('cpuinfo'),
    loadavg: () => machineFile('loadavg'),
    meminfo: () => machineFile('meminfo'),
    stat: () => machineFile('stat'),
    mounts: () => mountTable(container),
    uptime: () => machineFile('uptime'),
    version: () => machineFile('version'),
    'sys/kernel/osrelease': () => `${release()}\n`,
    'sys/kernel/hostname': () => `${container.hostname}\n`,
    'net/dev': () =>
      'Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0\n  eth0:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0\n',
    'net/route': () => 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n',
    'net/tcp': () =>
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n',
  }
}

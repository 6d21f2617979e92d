// One process of a container as its streams and signals see it, be it a process of the host or of the userland.
import type { Readable, Writable } from 'node:stream'
import type { ExitStatus } from '../container-runtime.ts'
import type { ProcessEntry, TerminalSize } from '../userland/protocol.ts'
import type { GroupProcess } from './group-process.ts'
import { listProcesses, readCpu, readUsage } from './process-group.ts'
import type { UserlandProcess } from './userland-process.ts'

export interface ContainerProcess {
  /** Process id inside the container. */
  readonly pid: number
  readonly exited: Promise<ExitStatus>
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** What the process has said, with the container's names for files of the host. */
  translate?(chunk: Buffer): Buffer
  /** Whether the process itself plays a terminal; otherwise newlines need translating for one. */
  readonly hasTerminal: boolean
  signal(signal: string): void
  /** Kills the process and all it started, at once. */
  kill(): void
  resize(size: TerminalSize): void
  redraw(): void
  /** Sends a signal to one process by its id in the container; false when it is not one of these. */
  signalPid(pid: number, signal: string): Promise<boolean>
  list(): Promise<ProcessEntry[]>
  usage(): Promise<{ memoryBytes: number; cpuNanoseconds: number }>
  cpuNanoseconds(): Promise<number>
  /** Stops and continues the whole group, for the CPU limit. */
  freeze(): void
  thaw(): void
}

export interface ProcessIdentity {
  pid: number
  parent: number
  user: number
  /** Its command line, as the container's `ps` shows it. */
  command: string
  startedAt: number
}

function pipes(group: GroupProcess): { stdin: Writable; stdout: Readable; stderr: Readable } {
  const { stdin, stdout, stderr } = group.child
  if (!stdin || !stdout || !stderr) throw new Error('a container process was started without pipes')
  return { stdin, stdout, stderr }
}

const meters = (group: GroupProcess) => ({
  cpuNanoseconds: () => readCpu(group.pid),
  freeze: () => group.signal('SIGSTOP'),
  thaw: () => group.signal('SIGCONT'),
})

export interface HostProcessSetting {
  translate(chunk: Buffer): Buffer
  /** Takes an id for a child that is seen for the first time. */
  nextPid(): number
  overheadBytes?: number | undefined
}

/** Wraps a process of the host. Its children get ids of their own as they are seen. */
export function hostContainerProcess(
  group: GroupProcess,
  who: ProcessIdentity,
  { translate, nextPid, overheadBytes = 0 }: HostProcessSetting,
): ContainerProcess {
  const pidOf = new Map<number, number>([[group.pid, who.pid]])
  const containerPid = (hostPid: number) => {
    const pid = pidOf.get(hostPid) ?? nextPid()
    pidOf.set(hostPid, pid)
    return pid
  }

  return {
    pid: who.pid,
    exited: group.exited,
    ...pipes(group),
    translate,
    hasTerminal: false,
    signal(signal) {
      try {
        process.kill(group.pid, signal as NodeJS.Signals)
      } catch {
        // It has ended already.
      }
    },
    kill: () => group.signal('SIGKILL'),
    resize() {},
    redraw() {},
    async signalPid(pid, signal) {
      const hostPid = [...pidOf].find(([, one]) => one === pid)?.[0]
      if (hostPid === undefined) return false
      // The first process of a container cannot be killed from inside it.
      if (pid === 1 && signal === 'SIGKILL') return true
      try {
        return process.kill(hostPid, signal as NodeJS.Signals)
      } catch {
        return false
      }
    },
    async list() {
      const processes = await listProcesses(group.pid)
      return processes.map((one) => ({
        pid: containerPid(one.pid),
        parent: one.pid === group.pid ? who.parent : containerPid(one.parent),
        user: who.user,
        // The container's own words for its first process: the host's command line is none of its business.
        command: one.pid === group.pid ? who.command : hideHostPaths(one.command),
        cpuMilliseconds: one.cpuNanoseconds / 1e6,
        startedAt: who.startedAt,
      }))
    },
    async usage() {
      const { memoryBytes, ...rest } = await readUsage(group.pid)
      return { ...rest, memoryBytes: Math.max(memoryBytes - overheadBytes, Math.min(memoryBytes, smallestBytes)) }
    },
    ...meters(group),
  }
}

/** Shortens paths in the command line of a child process to the file's name. */
function hideHostPaths(command: string): string {
  return command.replace(/^\S*\//, '').replaceAll(/(?<=[\s=])\/\S*\/(?=[^\s/])/g, '')
}

/** Wraps a userland process that is running its command. */
export function userlandContainerProcess(
  userland: UserlandProcess,
  who: ProcessIdentity,
  tty: boolean,
): ContainerProcess {
  const { group } = userland
  const own = (): ProcessEntry => ({
    ...who,
    cpuMilliseconds: 0,
  })

  return {
    pid: who.pid,
    exited: userland.exited,
    ...pipes(group),
    hasTerminal: tty,
    signal: (signal) => (signal === 'SIGKILL' ? group.signal('SIGKILL') : userland.send({ type: 'signal', signal })),
    kill: () => group.signal('SIGKILL'),
    resize: (size) => userland.send({ type: 'resize', size }),
    redraw: () => userland.send({ type: 'redraw' }),
    async signalPid(pid, signal) {
      if (pid !== who.pid && !userland.tasks().some((task) => task.pid === pid)) return false
      // The first process of a container cannot be killed from inside it.
      if (pid === who.pid && signal === 'SIGKILL' && pid !== 1) group.signal('SIGKILL')
      else if (pid === who.pid) userland.send({ type: 'signal', signal })
      else userland.send({ type: 'signal', signal, pid })
      return true
    },
    list() {
      const tasks = userland.tasks()
      const command = tasks.find(({ pid }) => pid === who.pid)?.command ?? who.command
      return Promise.resolve([{ ...own(), command }, ...tasks.filter(({ pid }) => pid !== who.pid)])
    },
    async usage() {
      const usage = await readUsage(group.pid)
      return { ...usage, memoryBytes: Math.max(smallestBytes, usage.memoryBytes - userland.baselineBytes - heapSlack) }
    },
    ...meters(group),
  }
}

/** How much the heap of a userland process grows without anything of the container in it. */
const heapSlack = 24 * 1024 * 1024

/** What a real `sleep` or `sh` of BusyBox takes, for `kubectl top`. */
const smallestBytes = 360 * 1024

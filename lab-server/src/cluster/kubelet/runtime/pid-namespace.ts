// The processes that see each other: those of one container, or of all containers that share theirs.
import type { ProcessEntry } from '../userland/protocol.ts'
import type { ContainerProcess } from './container-process.ts'

export interface PidNamespace {
  /** Takes the id of the next process; the first is 1. */
  takePid(): Promise<number>
  /** Shows a process until it ends. */
  add(process: ContainerProcess): void
  list(): Promise<ProcessEntry[]>
  /** Sends a signal to one process; false when there is no such process. */
  signal(pid: number, signal: string): Promise<boolean>
}

/** Between two processes that the runtime starts, a real system has started some of its own. */
const step = 6

/** Makes a namespace without processes. */
export function makePidNamespace(): PidNamespace {
  const processes = new Set<ContainerProcess>()
  let nextPid = 1
  const namespace: PidNamespace = {
    async takePid() {
      const pid = nextPid
      const taken = nextPid === 1 ? [] : await namespace.list()
      nextPid = Math.max(pid, ...taken.map((one) => one.pid)) + step
      return pid
    },
    add(process) {
      processes.add(process)
      void process.exited.finally(() => processes.delete(process))
    },
    async list() {
      const lists = await Promise.all([...processes].map((one) => one.list()))
      return lists.flat().sort((a, b) => a.pid - b.pid)
    },
    async signal(pid, signal) {
      for (const one of processes) if (await one.signalPid(pid, signal)) return true
      return false
    },
  }
  return namespace
}

// The processes that see each other: those of one container, or of all containers that share theirs.
import { pidsAtOnce } from '../userland/pid-pool.ts'
import type { KillResult, NeighbourResult, ProcessEntry, UserlandContainer } from '../userland/protocol.ts'
import type { ContainerProcess } from './container-process.ts'

/** Who asks for something that not everybody may. */
export interface Caller {
  user: number
  /** Whether it may look into processes of other users. */
  canTrace: boolean
}

export interface PidNamespace {
  /** Takes the ids of the next processes, and returns the first; the very first is 1. */
  takePids(count: number): number
  /** Shows a process, and where it stands, until it ends. */
  add(process: ContainerProcess, container: () => UserlandContainer): void
  list(): Promise<ProcessEntry[]>
  signal(pid: number, signal: string, caller: Caller): Promise<KillResult>
  /** The container of a process. */
  containerOf(pid: number, caller: Caller): Promise<NeighbourResult>
}

const highestPid = 32_000
/** Where ids begin again: below are those of long-lived processes. */
const lowestAgain = 300

/** Makes a namespace, with a first process that only holds it where there is one. */
export function makePidNamespace(pause?: ProcessEntry): PidNamespace {
  const processes = new Map<ContainerProcess, () => UserlandContainer>()
  let nextPid = 1

  async function find(pid: number) {
    for (const [process, container] of processes) {
      const entry = (await process.list()).find((one) => one.pid === pid)
      if (entry) return { process, container, entry }
    }
    return undefined
  }

  const namespace: PidNamespace = {
    takePids(count) {
      if (nextPid > highestPid) nextPid = lowestAgain
      const first = nextPid
      nextPid += count
      return first
    },
    add(process, container) {
      processes.set(process, container)
      void process.exited.finally(() => processes.delete(process))
    },
    async list() {
      const lists = await Promise.all([...processes.keys()].map((one) => one.list()))
      return [...(pause ? [pause] : []), ...lists.flat()].sort((a, b) => a.pid - b.pid)
    },
    async signal(pid, signal, { user }) {
      // The process that holds the namespace handles nothing that anyone inside may send.
      if (pause?.pid === pid) return user === 0 || user === pause.user ? 'sent' : 'not-permitted'
      const found = await find(pid)
      if (!found) return 'no-such-process'
      if (user !== 0 && user !== found.entry.user) return 'not-permitted'
      return signal === 'SIG0' || (await found.process.signalPid(pid, signal)) ? 'sent' : 'no-such-process'
    },
    async containerOf(pid, { user, canTrace }) {
      if (pause?.pid === pid) return 'not-permitted'
      const found = await find(pid)
      if (!found) return 'no-such-process'
      return user === found.entry.user || canTrace ? found.container() : 'not-permitted'
    },
  }
  if (pause) namespace.takePids(pidsAtOnce)
  return namespace
}

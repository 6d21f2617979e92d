// The processes that this userland process plays, with their ids in the container.
import { makePidPool } from './pid-pool.ts'
import type { ProcessEntry, UserlandRun } from './protocol.ts'
import type { System } from './task.ts'

interface OwnProcess extends ProcessEntry {
  signal(name: string): void
  handlers: ((name: string) => boolean)[]
}

export interface ProcessTable extends Pick<System, 'beginProcess' | 'onSignal'> {
  begin: System['beginProcess']
  rename: System['renameProcess']
  /** The processes of this run. */
  own(): ProcessEntry[]
  has(pid: number): boolean
  /** Whether a process of ours has ended, of which the runtime may not know yet. */
  hasEnded(pid: number): boolean
  /** False when the process is none of ours. */
  deliver(pid: number, signal: string): boolean
}

/** How long a command must run before others see it: most end sooner. */
const reportAfterMs = 15

export interface ProcessTableSetting {
  run: UserlandRun
  /** Tells the runtime who runs. */
  report(tasks: ProcessEntry[]): void
  /** Asks the runtime for the first of so many ids that nobody else gets. */
  takePids(count: number): Promise<number>
}

/** Makes the table. */
export function makeProcessTable({ run, report, takePids }: ProcessTableSetting): ProcessTable {
  const processes = new Map<number, OwnProcess>()
  const ended = new Set<number>()
  const nextPid = makePidPool(run.pid, takePids, (pid) => processes.has(pid))
  let isScheduled = false
  let reported = ''
  const entries = () =>
    [...processes.values()].map(({ pid, parent, user, command, cpuMilliseconds, startedAt }) => ({
      pid,
      parent,
      user,
      command,
      cpuMilliseconds,
      startedAt,
    }))
  const reportSoon = () => {
    if (isScheduled) return
    isScheduled = true
    setTimeout(() => {
      isScheduled = false
      const tasks = entries()
      const text = JSON.stringify(tasks)
      if (text !== reported) report(tasks)
      reported = text
    }, reportAfterMs).unref()
  }

  const begin: System['beginProcess'] = (command, parent, signal) => {
    const pid = nextPid()
    const startedAt = Date.now()
    ended.delete(pid)
    processes.set(pid, {
      pid,
      parent,
      user: run.container.user,
      command,
      cpuMilliseconds: 0,
      startedAt,
      signal,
      handlers: [],
    })
    // The runtime knows the first one.
    if (pid === run.pid) reported = JSON.stringify(entries())
    else reportSoon()
    return {
      pid,
      end() {
        processes.delete(pid)
        ended.add(pid)
        reportSoon()
      },
    }
  }

  return {
    begin,
    beginProcess: begin,
    rename(pid, command) {
      const one = processes.get(pid)
      if (one) one.command = command
      reportSoon()
    },
    own: entries,
    has: (pid) => processes.has(pid),
    hasEnded: (pid) => ended.has(pid),
    onSignal(pid, handler) {
      const one = processes.get(pid)
      one?.handlers.push(handler)
      return () => {
        one?.handlers.splice(one.handlers.indexOf(handler), 1)
      }
    },
    deliver(pid, signal) {
      const one = processes.get(pid)
      if (!one) return false
      if (signal === 'SIG0') return true
      if (signal !== 'SIGKILL' && one.handlers.toReversed().some((handler) => handler(signal))) return true
      // The kernel gives the first process of a container no default action: signals it does not handle do nothing.
      if (pid === 1 || ignoredByDefault.has(signal)) return true
      one.signal(signal)
      return true
    },
  }
}

const ignoredByDefault = new Set(['SIGCHLD', 'SIGWINCH', 'SIGCONT', 'SIGURG'])

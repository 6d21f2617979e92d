// Starts a host command as the leader of a process group of its own, and tells how the group ended.
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import type { ExitStatus, HostCommand } from '../container-runtime.ts'
import type { HostIdentity } from './host-user.ts'
import { killTree, signalGroup } from './process-group.ts'
import type { Watchdog } from './watchdog.ts'

/** A running process group. */
export interface GroupProcess {
  readonly pid: number
  readonly child: ChildProcess
  /** Resolves when the leader has ended and its output was read. */
  readonly exited: Promise<ExitStatus>
  signal(signal: NodeJS.Signals): void
}

export interface GroupSetting {
  identity: HostIdentity
  watchdog: Watchdog
}

const niceness = 5
/** Of 1000, added to a process' share of memory when the kernel chooses which to end. */
const endedBeforeServer = 500

/** How long output may come after the leader ended, from processes that outlive it. */
const drainMs = 500

/** Spawns the command; throws when the host cannot start it at all. */
export async function startGroup(
  command: HostCommand,
  { identity, watchdog }: GroupSetting,
  withChannel = false,
): Promise<GroupProcess> {
  const [file = '', ...args] = [...identity.prefix, ...command.command]
  const child = spawn(file, args, {
    ...identity.spawnOptions,
    cwd: command.cwd ?? '/',
    env: command.env,
    detached: true,
    stdio: withChannel ? ['pipe', 'pipe', 'pipe', 'ipc'] : ['pipe', 'pipe', 'pipe'],
  })
  child.stdin?.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  child.on('error', () => {})
  const pid = child.pid ?? 0
  watchdog.guard(pid)
  giveWay(pid)

  const exited = new Promise<ExitStatus>((resolve) => {
    let status: ExitStatus = { exitCode: 0 }
    let drain: NodeJS.Timeout | undefined
    child.once('exit', (code, signal) => {
      status = exitStatus(code, signal)
      // The first process of a container takes the others with it.
      signalGroup(pid, 'SIGKILL')
      watchdog.release(pid)
      // Wall time: a process that left the group may hold the pipes open for ever.
      drain = setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, drainMs)
    })
    child.once('close', () => {
      clearTimeout(drain)
      resolve(status)
    })
  })
  return {
    pid,
    child,
    exited,
    signal: (signal) => (signal === 'SIGKILL' ? killTree(pid) : void signalGroup(pid, signal)),
  }
}

/** Containers give way to the server: a student's busy loop must not slow the class, nor their memory end it. */
function giveWay(pid: number): void {
  const steps = [
    () => setPriority(pid, niceness),
    // Where Linux shares the processors between sessions first, the one of the container gives way too: sched(7).
    () => writeFileSync(`/proc/${pid}/autogroup`, `${niceness}`),
    () => writeFileSync(`/proc/${pid}/oom_score_adj`, `${endedBeforeServer}`),
  ]
  for (const step of steps) {
    try {
      step()
    } catch {
      // It has ended already, or the system has no such thing.
    }
  }
}

/** Turns what Node reports into an exit code as containers have it: 128 + n for signal n. */
export function exitStatus(code: number | null, signal: NodeJS.Signals | null): ExitStatus {
  if (signal) return { exitCode: 128 + constants.signals[signal], signal }
  return { exitCode: code ?? 0 }
}

import { emptyReader } from '../byte-stream.ts'
import { Killed } from '../task.ts'
import { runInSubshell, signalExitCode } from './interpreter.ts'
import { type Shell, stderrOf } from './shell.ts'
import { forkShell, type Job } from './state.ts'

/** Processes that one userland may have at a time: a fork bomb meets this limit, not the machine's. */
const mostProcesses = 200
let running = 0

/** Counts a process; throws the shell's message when there are too many. */
export function takeProcessSlot(): () => void {
  if (running >= mostProcesses) throw new Killed('SIGKILL')
  running += 1
  return () => {
    running -= 1
  }
}

/** Starts `work` in the background, in a shell of its own. */
export async function startJob(shell: Shell, command: string, work: (child: Shell) => Promise<number>): Promise<Job> {
  const release = takeProcessSlot()
  const controller = new AbortController()
  const entry = shell.system.beginProcess(command, shell.state.pid, (name) => controller.abort(name))
  const state = forkShell(shell.state)
  // A job of a shell without job control reads nothing from the terminal.
  if (!shell.state.isInteractive) state.descriptors.set(0, { reader: emptyReader() })
  const child: Shell = { ...shell, state, signal: controller.signal }
  const job: Job = {
    id: (shell.state.jobs.at(-1)?.id ?? 0) + 1,
    pid: entry.pid,
    command,
    state: 'Running',
    signal: (name) => controller.abort(name),
    done: runInSubshell(child, () => work(child))
      .catch((error: unknown) => (error instanceof Killed ? signalExitCode(error.signalName) : 1))
      .then((exitCode) => {
        job.exitCode = exitCode
        job.state = exitCode > 128 ? 'Terminated' : 'Done'
        entry.end()
        release()
        return exitCode
      }),
  }
  shell.state.jobs.push(job)
  shell.state.lastJobPid = entry.pid
  if (shell.state.isInteractive) await stderrOf(shell).write(`[${job.id}] ${entry.pid}\n`)
  return job
}

/** A line of `jobs`. */
export function formatJob(job: Job, isCurrent: boolean): string {
  const state = job.state === 'Done' && job.exitCode !== 0 ? `Done(${job.exitCode})` : job.state
  return `[${job.id}]${isCurrent ? '+' : '-'}  ${state.padEnd(24)}${job.command}${job.state === 'Running' ? ' &' : ''}\n`
}

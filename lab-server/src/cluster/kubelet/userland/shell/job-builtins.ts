// Builtins about jobs and signals.
import { ToolFailure, untilKilled } from '../task.ts'
import { killProblem } from '../tools/explain.ts'
import { type Builtin, quote } from './builtin.ts'
import { runTraps, signalNumbers } from './interpreter.ts'
import { type Shell, stderrOf, stdoutOf } from './shell.ts'
import type { Job } from './state.ts'

const signalName = (text: string) => {
  const upper = text.toUpperCase().replace(/^SIG/, '')
  if (upper === 'EXIT' || upper === '0') return 'EXIT'
  const byNumber = Object.entries(signalNumbers).find(([, number]) => String(number) === upper)
  return byNumber ? byNumber[0] : `SIG${upper}`
}

/** Sets what a signal runs. */
export const trap: Builtin = async (shell, argv) => {
  const { traps } = shell.state
  const [command, ...names] = argv.slice(1).filter((arg) => arg !== '--')
  if (command === undefined) {
    for (const [name, text] of traps)
      await stdoutOf(shell).write(`trap -- ${quote(text)} ${name.replace(/^SIG/, '')}\n`)
    return 0
  }
  if (names.length === 0 || command === '-') {
    for (const name of names.length === 0 ? [command] : names) traps.delete(signalName(name))
    return 0
  }
  for (const name of names) traps.set(signalName(name), command)
  return 0
}

/** The job that `%1` or a process id names. */
export function findJob({ state }: Shell, text: string): Job | undefined {
  if (text === '%%' || text === '%+' || text === '%') return state.jobs.at(-1)
  if (text.startsWith('%')) return state.jobs.find(({ id }) => String(id) === text.slice(1))
  return state.jobs.find(({ pid }) => String(pid) === text)
}

/** Waits for jobs to end. */
export const wait: Builtin = async (shell, argv) => {
  const jobs = argv.length > 1 ? argv.slice(1).map((text) => findJob(shell, text)) : shell.state.jobs
  let status = 0
  for (const job of [...jobs]) {
    if (!job) {
      status = 127
      continue
    }
    // A signal with a trap ends the wait, as POSIX has it.
    await untilKilled(shell.signal, Promise.race([job.done, shell.signals.arrived()]))
    if (shell.signals.pending.length > 0) {
      await runTraps(shell)
      return 128 + 15
    }
    if (argv.length > 1) status = job.exitCode ?? 0
    shell.state.jobs = shell.state.jobs.filter((one) => one !== job)
  }
  return status
}

/** Sends signals to jobs and processes. */
export const kill: Builtin = async (shell, argv) => {
  const args = argv.slice(1)
  let signal = 'SIGTERM'
  if (args[0] === '-l') {
    await stdoutOf(shell).write(
      `${Object.keys(signalNumbers)
        .map((name) => name.slice(3))
        .join(' ')}\n`,
    )
    return 0
  }
  if (args[0] === '-s') {
    signal = signalName(args[1] ?? '')
    args.splice(0, 2)
  } else if (args[0]?.startsWith('-') && args[0] !== '--') signal = signalName((args.shift() ?? '').slice(1))
  if (args[0] === '--') args.shift()
  // Signal 0 only asks; where traps are set, that number means the shell's end.
  if (signal === 'EXIT') signal = 'SIG0'
  let status = 0
  for (const target of args) {
    const job = findJob(shell, target)
    if (target.startsWith('%') && !job) throw new ToolFailure(`sh: ${target}: no such job`, 1)
    if (!job && !/^-?\d+$/.test(target)) throw new ToolFailure(`sh: invalid number '${target}'`, 1)
    if (job && signal !== 'SIG0') job.signal(signal)
    else if (job && target.startsWith('%')) status = job.state === 'Running' ? status : 1
    else {
      const problem = killProblem(await shell.system.kill(Number(target), signal))
      if (problem === undefined) continue
      await stderrOf(shell).write(`sh: can't kill pid ${target}: ${problem}\n`)
      status = 1
    }
  }
  return status
}

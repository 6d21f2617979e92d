// Runs the one command of a userland process, on plain streams or on an emulated terminal.
import { posix } from 'node:path'
import type { ByteReader, ByteWriter } from './byte-stream.ts'
import type { FromUserland, StartProblem, UserlandRun } from './protocol.ts'
import { runTask } from './shell/command.ts'
import { findExecutable } from './shell/executable.ts'
import { signalExitCode } from './shell/interpreter.ts'
import type { TerminalEvents } from './system.ts'
import { Killed, type System, type Task } from './task.ts'
import { makeTerminal } from './tty/terminal.ts'

export interface CommandLine {
  run: UserlandRun
  system: System
  terminalEvents: TerminalEvents
  streams: { stdin: ByteReader; stdout: ByteWriter; stderr: ByteWriter }
  deliver(signal: string, pid?: number): void
  announce(message: FromUserland): void
}

/** How the command ended, or why it could not start. */
export type CommandResult = { exitCode: number; signal?: string } | { name: string; problem: StartProblem }

/** Finds and runs the command. */
export async function runCommandLine({
  run,
  system,
  terminalEvents,
  streams,
  deliver,
  announce,
}: CommandLine): Promise<CommandResult> {
  const [name = ''] = run.argv
  const cwd = await workingFolder(system, run.cwd)
  const found = await findExecutable(system, name, run.env.PATH ?? '', cwd)
  if (found.kind === 'problem') return { name, problem: found.problem }
  announce({ type: 'started' })

  const controller = new AbortController()
  const { pid, end } = system.beginProcess(run.title ?? run.argv.join(' '), 0, (signal) => controller.abort(signal))
  const terminal = run.tty
    ? makeTerminal({
        input: streams.stdin,
        output: streams.stdout,
        size: run.size,
        events: terminalEvents,
        interrupt: (signal) => deliver(signal, pid),
      })
    : undefined
  if (terminal) system.terminal = terminal
  const task: Omit<Task, 'run'> = {
    argv: run.argv,
    env: run.env,
    cwd,
    stdin: terminal?.reader ?? streams.stdin,
    stdout: terminal?.writer ?? streams.stdout,
    stderr: terminal?.writer ?? streams.stderr,
    signal: controller.signal,
    pid,
    system,
  }
  try {
    const exitCode = await runTask(task, (message) => task.stderr.write(`${posix.basename(name)}: ${message}\n`))
    return { exitCode: exitCode & 255 }
  } catch (error) {
    if (!(error instanceof Killed)) throw error
    return { exitCode: signalExitCode(error.signalName), signal: error.signalName }
  } finally {
    end()
  }
}

async function workingFolder(system: System, cwd: string): Promise<string> {
  const stat = await system.fs.stat(cwd).catch(() => undefined)
  return stat?.isDirectory ? cwd : '/'
}

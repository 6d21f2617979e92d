// Runs one simple command: assignments, redirections, then a function, a builtin or an executable.
import type { SimpleCommandNode } from 'just-bash'
import { BrokenPipe, type ByteReader, type ByteWriter } from '../byte-stream.ts'
import type { Task } from '../task.ts'
import { Killed, ToolFailure, untilKilled } from '../task.ts'
import { explain } from '../tools/explain.ts'
import { builtins, specialBuiltins } from './builtins.ts'
import { FunctionReturn } from './control-flow.ts'
import { findExecutable } from './executable.ts'
import { expandText, expandWords } from './expand.ts'
import { complain, makeExpander, runCommand, signalExitCode } from './interpreter.ts'
import { takeProcessSlot } from './jobs.ts'
import { parseScript } from './parse.ts'
import { redirect } from './redirect.ts'
import { type Shell, stderrOf, stdinOf, stdoutOf } from './shell.ts'
import { assign, exportedVariables, type FunctionNode, lookUp, ShellError, type Variable } from './state.ts'

/** Runs a simple command and returns its exit code. */
export async function runSimpleCommand(shell: Shell, node: SimpleCommandNode): Promise<number> {
  const { state } = shell
  const expander = makeExpander(shell)
  if (!node.name) {
    const { substitutions } = state
    await runAssignments(shell, node)
    if (node.redirections.length > 0) await (await redirect(expander, state.descriptors, node.redirections)).close()
    // The status is that of the last `$(…)`, when there was one.
    return state.substitutions > substitutions ? state.lastStatus : 0
  }

  const argv = applyAlias(shell, await expandWords(expander, [node.name, ...node.args]), node)
  const [name] = argv
  if (name === undefined) return 0
  if (state.options.has('x')) await stderrOf(shell).write(`+ ${argv.join(' ')}\n`)
  if (name === 'exec' && argv.length === 1) {
    // The redirections of a bare `exec` stay.
    state.descriptors = (await redirect(expander, state.descriptors, node.redirections)).descriptors
    return 0
  }

  let redirected: Awaited<ReturnType<typeof redirect>>
  try {
    redirected = await redirect(expander, state.descriptors, node.redirections)
  } catch (error) {
    if (!(error instanceof ShellError)) throw error
    await complain(shell, error.message)
    return error.exitCode
  }
  const before = state.descriptors
  state.descriptors = redirected.descriptors
  try {
    const saved = await runAssignments(shell, node)
    try {
      return await dispatch(shell, argv)
    } finally {
      if (!specialBuiltins.has(name)) restore(shell, saved)
    }
  } finally {
    if (state.descriptors === redirected.descriptors) state.descriptors = before
    await redirected.close()
  }
}

type Saved = Map<string, Variable | undefined>

async function runAssignments(shell: Shell, node: SimpleCommandNode): Promise<Saved> {
  const { state } = shell
  const saved: Saved = new Map()
  for (const { name, value, append, array } of node.assignments) {
    if (array) throw new ShellError('syntax error: unexpected "("')
    const text = value ? await expandText(makeExpander(shell), value) : ''
    saved.set(name, state.variables.get(name))
    const whole = flat(append ? (lookUp(state, name) ?? '') + text : text)
    assign(state, name, whole, node.name ? true : undefined)
  }
  return saved
}

/** A long text that was put together from parts takes its memory now, as it would in a real shell. */
function flat(text: string): string {
  return text.length > 1_000_000 ? Buffer.from(text).toString() : text
}

function restore({ state }: Shell, saved: Saved): void {
  for (const [name, variable] of saved) {
    if (variable) state.variables.set(name, variable)
    else state.variables.delete(name)
  }
}

function applyAlias({ state }: Shell, argv: string[], node: SimpleCommandNode): string[] {
  const [first] = node.name?.parts ?? []
  const isPlain = node.name?.parts.length === 1 && first?.type === 'Literal'
  const alias = isPlain ? state.aliases.get(argv[0] ?? '') : undefined
  if (alias === undefined) return argv
  const command = parseScript(alias).statements[0]?.pipelines[0]?.commands[0]
  const words = command?.type === 'SimpleCommand' ? [command.name, ...command.args] : []
  const texts = words.flatMap((word) =>
    word ? [word.parts.map((part) => ('value' in part ? part.value : '')).join('')] : [],
  )
  return [...texts, ...argv.slice(1)]
}

/** Runs a command line that is expanded already. */
export async function dispatch(shell: Shell, argv: string[], skipFunctions = false): Promise<number> {
  const [name = ''] = argv
  const definition = skipFunctions ? undefined : shell.state.functions.get(name)
  if (definition) return runFunction(shell, definition, argv)
  const builtin = builtins.get(name)
  if (builtin) {
    try {
      return await builtin(shell, argv)
    } catch (error) {
      if (error instanceof ToolFailure) {
        await stderrOf(shell).write(`${error.message}\n`)
        return error.exitCode
      }
      throw error
    }
  }
  return runExternal(shell, argv)
}

async function runFunction(shell: Shell, definition: FunctionNode, argv: string[]): Promise<number> {
  const { state } = shell
  if (state.locals.length > 200) throw new ShellError('function nesting too deep')
  const { positional } = state
  state.positional = argv.slice(1)
  state.locals.push(new Map())
  try {
    return await runCommand(shell, definition.body)
  } catch (error) {
    if (error instanceof FunctionReturn) return error.exitCode
    throw error
  } finally {
    state.positional = positional
    restore(shell, state.locals.pop() ?? new Map())
  }
}

/** Runs an executable as a process of its own; with `exec` it takes the shell's place and its signals. */
export async function runExternal(shell: Shell, argv: string[], takesPlace = false): Promise<number> {
  const { system, state } = shell
  const isProgram = takesPlace && (await isProgramName(shell, argv[0] ?? ''))
  const release = takeProcessSlot()
  const controller = new AbortController()
  // A subshell has no process of its own here that a command could take.
  const isReplaced = takesPlace && state.depth === 0
  if (isReplaced) system.renameProcess(state.pid, argv.join(' '))
  const entry = isReplaced
    ? { pid: state.pid, end() {} }
    : system.beginProcess(argv.join(' '), state.pid, (signal) => controller.abort(signal))
  // What ends the shell's line goes to the command, which may have something to say first, as `ping` has.
  const end = () =>
    isReplaced ? controller.abort(shell.signal.reason) : void system.kill(entry.pid, String(shell.signal.reason))
  if (shell.signal.aborted) end()
  shell.signal.addEventListener('abort', end, { once: true })
  const stopForwarding = system.onSignal(state.pid, (name) => {
    if (isProgram) controller.abort(name)
    return isProgram
  })
  const task: Omit<Task, 'run'> = {
    argv,
    env: exportedVariables(state),
    cwd: state.cwd,
    stdin: stdinOf(shell),
    stdout: stdoutOf(shell),
    stderr: stderrOf(shell),
    signal: controller.signal,
    pid: entry.pid,
    system,
  }
  try {
    return await runTask(task, (message) => complain(shell, message))
  } catch (error) {
    if (!(error instanceof Killed)) throw error
    if (shell.signal.aborted) throw error
    const status = signalExitCode(error.signalName)
    if (state.isInteractive && status !== 130 && status !== 141) await stderrOf(shell).write('Terminated\n')
    return status
  } finally {
    shell.signal.removeEventListener('abort', end)
    stopForwarding()
    entry.end()
    release()
  }
}

async function isProgramName({ system, state }: Shell, name: string): Promise<boolean> {
  return (await findExecutable(system, name, lookUp(state, 'PATH') ?? '', state.cwd)).kind === 'program'
}

/** Finds and runs the executable of a task; `complainShell` says what the shell says when there is none. */
export async function runTask(
  partial: Omit<Task, 'run'>,
  complainShell: (message: string) => Promise<void>,
): Promise<number> {
  const task: Task = {
    ...partial,
    run: (argv, change = {}) => runTask({ ...partial, ...change, argv }, complainShell),
  }
  const { system, argv } = task
  const [name = ''] = argv
  const found = await findExecutable(system, name, task.env.PATH ?? '', task.cwd)
  switch (found.kind) {
    case 'tool':
      return runTool(task, found.tool)
    case 'program':
      // A program gets the signal itself, and may take its time to end.
      return system.runProgram({ ...task, argv: [found.path, ...argv.slice(1)] })
    case 'script':
      return runTask({ ...partial, argv: [...found.interpreter, found.path, ...argv.slice(1)] }, complainShell)
    case 'problem':
      if (found.problem === 'not-permitted') {
        await complainShell(`${name}: Permission denied`)
        return 126
      }
      await complainShell(`${name}: not found`)
      return 127
  }
}

/** Runs a tool until it ends or a signal ends it; its failures become messages. */
export async function runTool(task: Task, tool: (task: Task) => Promise<number>): Promise<number> {
  const guarded: Task = {
    ...task,
    stdin: guardReader(task.stdin, task.signal),
    stdout: guardWriter(task.stdout, task.signal),
    stderr: guardWriter(task.stderr, task.signal),
  }
  try {
    return await untilKilled(task.signal, tool(guarded))
  } catch (error) {
    if (error instanceof Killed) throw error
    if (error instanceof BrokenPipe) return 141
    const message = error instanceof ToolFailure ? error.message : `${task.argv[0]}: ${explain(error)}`
    if (message) await task.stderr.write(`${message}\n`).catch(() => {})
    return error instanceof ToolFailure ? error.exitCode : 1
  }
}

/** A tool that was killed must not take what the next one should read. */
function guardReader(reader: ByteReader, signal: AbortSignal): ByteReader {
  return {
    isTerminal: reader.isTerminal,
    read: () => untilKilled(signal, reader.read(signal)),
    unread: (bytes) => reader.unread(bytes),
    close: () => reader.close(),
  }
}

/** A tool that was killed must stop at its next write. */
function guardWriter(writer: ByteWriter, signal: AbortSignal): ByteWriter {
  return {
    isTerminal: writer.isTerminal,
    write: (data) => untilKilled(signal, signal.aborted ? Promise.resolve() : writer.write(data)),
    close: () => writer.close(),
  }
}

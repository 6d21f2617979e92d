// Runs parsed scripts as they are read: output flows while a loop runs, and every command can be interrupted.
import type { CommandNode, PipelineNode, SimpleCommandNode, StatementNode } from 'just-bash'
import { BrokenPipe, makeCollector, makePipe } from '../byte-stream.ts'
import { runSimpleCommand } from './command.ts'
import { evaluateCondition } from './condition.ts'
import { FunctionReturn, LoopExit, ShellExit } from './control-flow.ts'
import { type Expander, evaluateIn, expandPattern, expandText, expandWords } from './expand.ts'
import { startJob } from './jobs.ts'
import { parseScript } from './parse.ts'
import { matchesPattern } from './pattern.ts'
import { redirect } from './redirect.ts'
import { breathe, type Shell, stderrOf } from './shell.ts'
import { assign, forkShell, ShellError } from './state.ts'

/** Exit code of a command that a signal ended. */
export const signalExitCode = (name: string) => 128 + (signalNumbers[name] ?? 15)

export const signalNumbers: Record<string, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGWINCH: 28,
}

/** Runs a script to its end and returns the exit code; runs the EXIT trap. */
export async function runScript(shell: Shell, source: string): Promise<number> {
  return finish(shell, async () => runStatements(shell, parseScript(source).statements))
}

/** Runs `work` as a whole shell: `exit` ends it, errors of the shell are printed, the EXIT trap runs. */
export async function finish(shell: Shell, work: () => Promise<number>): Promise<number> {
  let status: number
  try {
    status = await guarded(shell, work)
  } catch (error) {
    if (!(error instanceof ShellExit)) throw error
    if (error.replaced) return error.exitCode
    status = error.exitCode
  }
  const trap = shell.state.traps.get('EXIT')
  if (!trap) return status
  shell.state.traps.delete('EXIT')
  shell.state.lastStatus = status
  try {
    await guarded(shell, async () => runStatements(shell, parseScript(trap).statements))
  } catch (error) {
    if (error instanceof ShellExit) return error.exitCode
    throw error
  }
  return status
}

/** Turns the shell's own failures into a message and an exit code. */
export async function guarded(shell: Shell, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof LoopExit) return 0
    if (error instanceof FunctionReturn) return error.exitCode
    if (!(error instanceof ShellError)) throw error
    await complain(shell, error.message)
    return error.exitCode
  }
}

/** A message in the shell's own form: `sh: nosuch: not found`. */
export async function complain(shell: Shell, message: string): Promise<void> {
  await stderrOf(shell)
    .write(`${shell.state.name}: ${message}\n`)
    .catch(() => {})
}

/** Runs statements one after the other; the last one's exit code is the result. */
export async function runStatements(shell: Shell, statements: readonly StatementNode[]): Promise<number> {
  let status = shell.state.lastStatus
  if (statements.length === 0) status = 0
  for (const statement of statements) status = await runStatement(shell, statement)
  return status
}

async function runStatement(shell: Shell, statement: StatementNode): Promise<number> {
  const { state } = shell
  if (statement.deferredError) throw new ShellError(`syntax error: unexpected "${statement.deferredError.token}"`)
  if (statement.background) {
    const text = (statement.sourceText ?? '').replace(/\s*&$/, '')
    await startJob(shell, text, (child) => runPipelines(child, statement))
    state.lastStatus = 0
    return 0
  }
  return runPipelines(shell, statement)
}

async function runPipelines(shell: Shell, { pipelines, operators }: StatementNode): Promise<number> {
  const { state } = shell
  let status = 0
  for (const [index, pipeline] of pipelines.entries()) {
    const operator = index === 0 ? ';' : operators[index - 1]
    if ((operator === '&&' && status !== 0) || (operator === '||' && status === 0)) continue
    const isCondition = index < pipelines.length - 1 || pipeline.negated
    if (isCondition) state.conditionDepth += 1
    try {
      status = await runPipeline(shell, pipeline)
    } finally {
      if (isCondition) state.conditionDepth -= 1
    }
    state.lastStatus = status
    await runTraps(shell)
    const fails = status !== 0 && !isCondition && state.conditionDepth === 0
    if (fails && state.options.has('e')) throw new ShellExit(status)
  }
  return status
}

/** Runs the traps of signals that arrived. */
export async function runTraps(shell: Shell): Promise<void> {
  for (let name = shell.signals.pending.shift(); name; name = shell.signals.pending.shift()) {
    const trap = shell.state.traps.get(name)
    if (!trap) continue
    const { lastStatus } = shell.state
    await runStatements(shell, parseScript(trap).statements)
    shell.state.lastStatus = lastStatus
  }
}

async function runPipeline(shell: Shell, pipeline: PipelineNode): Promise<number> {
  const started = performance.now()
  const [only] = pipeline.commands
  const status =
    pipeline.commands.length === 1 && only ? await runCommand(shell, only) : await runPipes(shell, pipeline)
  if (pipeline.timed) {
    const seconds = (performance.now() - started) / 1000
    const real = `${Math.floor(seconds / 60)}m ${(seconds % 60).toFixed(2)}s`
    await stderrOf(shell).write(`real\t${real}\nuser\t0m 0.00s\nsys\t0m 0.00s\n`)
  }
  return pipeline.negated ? Number(status === 0) : status
}

/** Runs the commands of a pipeline at the same time, each in a shell of its own. */
async function runPipes(shell: Shell, { commands, pipeStderr }: PipelineNode): Promise<number> {
  let input = shell.state.descriptors.get(0)
  const running: Promise<number>[] = []
  for (const [index, command] of commands.entries()) {
    const state = forkShell(shell.state)
    const reader = input?.reader
    state.descriptors.set(0, input ?? {})
    const isLast = index === commands.length - 1
    const pipe = isLast ? undefined : makePipe()
    if (pipe) state.descriptors.set(1, { writer: pipe.writer })
    if (pipe && pipeStderr?.[index]) state.descriptors.set(2, { writer: pipe.writer })
    input = pipe ? { reader: pipe.reader } : undefined
    const child: Shell = { ...shell, state }
    running.push(
      runInSubshell(child, () => runCommand(child, command)).finally(() => {
        pipe?.writer.close()
        if (index > 0) reader?.close()
      }),
    )
  }
  const statuses = await Promise.all(running)
  const failed = statuses.findLast((status) => status !== 0)
  return shell.state.options.has('pipefail') ? (failed ?? 0) : (statuses.at(-1) ?? 0)
}

/** Runs a command in a forked shell: nothing it changes, and no exit of it, reaches the shell around it. */
export async function runInSubshell(child: Shell, work: () => Promise<number>): Promise<number> {
  try {
    return await finish(child, work)
  } catch (error) {
    if (error instanceof BrokenPipe) return 141
    throw error
  }
}

/** Runs one command of any kind and returns its exit code. */
export async function runCommand(shell: Shell, node: CommandNode): Promise<number> {
  await breathe(shell)
  if (node.type === 'SimpleCommand') return runSimpleCommand(shell, node)
  if (node.type === 'FunctionDef') {
    shell.state.functions.set(node.name, node)
    return 0
  }
  if (node.redirections.length === 0) return runCompound(shell, node)

  const { descriptors, close } = await redirect(makeExpander(shell), shell.state.descriptors, node.redirections)
  const before = shell.state.descriptors
  shell.state.descriptors = descriptors
  try {
    return await runCompound(shell, node)
  } finally {
    shell.state.descriptors = before
    await close()
  }
}

type CompoundNode = Exclude<CommandNode, SimpleCommandNode | { type: 'FunctionDef' }>

async function runCompound(shell: Shell, node: CompoundNode): Promise<number> {
  const expander = makeExpander(shell)
  switch (node.type) {
    case 'Group':
      return runStatements(shell, node.body)
    case 'Subshell': {
      const child: Shell = { ...shell, state: forkShell(shell.state) }
      return runInSubshell(child, () => runStatements(child, node.body))
    }
    case 'If': {
      for (const { condition, body } of node.clauses) {
        if ((await runCondition(shell, condition)) === 0) return runStatements(shell, body)
      }
      return node.elseBody ? runStatements(shell, node.elseBody) : 0
    }
    case 'While':
    case 'Until': {
      const wanted = node.type === 'While'
      return loop(shell, async () => ((await runCondition(shell, node.condition)) === 0) === wanted, node.body)
    }
    case 'For': {
      const words = node.words ? await expandWords(expander, node.words) : [...shell.state.positional]
      return loop(
        shell,
        async () => {
          const word = words.shift()
          if (word !== undefined) assign(shell.state, node.variable, word)
          return word !== undefined
        },
        node.body,
      )
    }
    case 'CStyleFor': {
      if (node.init) await evaluateIn(expander, node.init)
      const { condition, update } = node
      const goesOn = async () => !condition || (await evaluateIn(expander, condition)) !== 0
      return loop(shell, goesOn, node.body, async () => void (update && (await evaluateIn(expander, update))))
    }
    case 'Case':
      return runCase(shell, node)
    case 'ArithmeticCommand':
      return Number((await evaluateIn(expander, node.expression)) === 0)
    case 'ConditionalCommand':
      return Number(!(await evaluateCondition(expander, node.expression)))
  }
}

async function runCase(shell: Shell, node: Extract<CommandNode, { type: 'Case' }>): Promise<number> {
  const expander = makeExpander(shell)
  const word = await expandText(expander, node.word)
  let status = 0
  let fallsThrough = false
  for (const { patterns, body, terminator } of node.items) {
    let matches = fallsThrough
    for (const pattern of patterns) matches ||= matchesPattern(await expandPattern(expander, pattern), word)
    if (!matches) continue
    status = await runStatements(shell, body)
    if (terminator === ';;') return status
    fallsThrough = terminator === ';&'
  }
  return status
}

async function runCondition(shell: Shell, statements: readonly StatementNode[]): Promise<number> {
  shell.state.conditionDepth += 1
  try {
    return await runStatements(shell, statements)
  } finally {
    shell.state.conditionDepth -= 1
  }
}

async function loop(
  shell: Shell,
  goesOn: () => Promise<boolean>,
  body: readonly StatementNode[],
  afterEach: () => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  let status = 0
  try {
    while (await goesOn()) {
      await breathe(shell)
      try {
        status = await runStatements(shell, body)
      } catch (error) {
        if (!(error instanceof LoopExit) || error.kind !== 'continue' || error.levels > 1) throw error
      }
      await afterEach()
    }
  } catch (error) {
    if (!(error instanceof LoopExit)) throw error
    if (error.levels <= 1) return 0
    error.levels -= 1
    throw error
  }
  return status
}

/** Connects expansion to this shell, for `$(…)`. */
export function makeExpander(shell: Shell): Expander {
  return {
    state: shell.state,
    fs: shell.system.fs,
    terminal: shell.system.terminal,
    async substitute(script) {
      const state = forkShell(shell.state)
      const output = makeCollector()
      state.descriptors.set(1, { writer: output })
      const child: Shell = { ...shell, state }
      if (state.depth > 40) throw new ShellError('too many levels of nesting')
      shell.state.substitutions += 1
      shell.state.lastStatus = await runInSubshell(child, () => runStatements(child, script.statements))
      return output.bytes().toString().replaceAll('\0', '').replace(/\n+$/, '')
    },
  }
}

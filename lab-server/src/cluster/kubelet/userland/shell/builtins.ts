// Commands that the shell runs itself, because they change it.
import { posix } from 'node:path'
import { type Tool, ToolFailure } from '../task.ts'
import { echo, printf } from '../tools/echo.ts'
import { explain } from '../tools/explain.ts'
import { evaluateTest } from '../tools/test.ts'
import { type Builtin, quote } from './builtin.ts'
import { dispatch, runExternal } from './command.ts'
import { shellScene } from './condition.ts'
import { FunctionReturn, LoopExit, ShellExit } from './control-flow.ts'
import { findCommandPath } from './executable.ts'
import { evaluateIn } from './expand.ts'
import { makeExpander, runStatements } from './interpreter.ts'
import { findJob, kill, trap, wait } from './job-builtins.ts'
import { formatJob } from './jobs.ts'
import { parseScript } from './parse.ts'
import { read } from './read-builtin.ts'
import { breathe, type Shell, stderrOf, stdinOf, stdoutOf } from './shell.ts'
import { assign, exportedVariables, lookUp, ShellError } from './state.ts'
import { exportVariables, getopts, local, set } from './variable-builtins.ts'

/** Builtins before which an assignment stays. */
export const specialBuiltins = new Set([
  ':',
  '.',
  'source',
  'eval',
  'exec',
  'export',
  'readonly',
  'set',
  'shift',
  'trap',
  'unset',
])

/** Runs a tool inside the shell, without a process of its own. */
function asBuiltin(tool: Tool): Builtin {
  return async (shell, argv) => {
    await breathe(shell)
    const { state, system, signal } = shell
    return tool({
      argv,
      env: exportedVariables(state),
      cwd: state.cwd,
      stdin: stdinOf(shell),
      stdout: stdoutOf(shell),
      stderr: stderrOf(shell),
      signal,
      pid: state.pid,
      system,
      run: (command) => dispatch(shell, command),
    })
  }
}

const test: Builtin = async (shell, argv) => {
  const args = argv.slice(1)
  if (argv[0] === '[' && args.pop() !== ']') throw new ToolFailure('sh: missing ]', 2)
  return Number(!(await evaluateTest(args, shellScene(shell.state, shell.system.fs))))
}

const changeFolder: Builtin = async (shell, argv) => {
  const { state, system } = shell
  const args = argv.slice(1).filter((arg) => arg !== '-P' && arg !== '-L' && arg !== '--')
  const wanted = args[0] === '-' ? lookUp(state, 'OLDPWD') : (args[0] ?? lookUp(state, 'HOME') ?? '/')
  if (wanted === undefined) throw new ToolFailure('sh: cd: OLDPWD not set', 2)
  const path = posix.resolve(state.cwd, wanted)
  const stat = await system.fs.stat(path).catch((error: unknown) => {
    throw new ToolFailure(`sh: cd: can't cd to ${wanted}: ${explain(error)}`, 2)
  })
  if (!stat.isDirectory) throw new ToolFailure(`sh: cd: can't cd to ${wanted}: Not a directory`, 2)
  assign(state, 'OLDPWD', state.cwd)
  state.cwd = path
  assign(state, 'PWD', path)
  if (args[0] === '-') await stdoutOf(shell).write(`${path}\n`)
  return 0
}

const command: Builtin = async (shell, argv) => {
  const { state } = shell
  const option = argv[1]
  if (option !== '-v' && option !== '-V') return dispatch(shell, argv.slice(option === '-p' ? 2 : 1), true)
  const name = argv[2] ?? ''
  const described = await describeCommand(shell, name)
  if (described === undefined) {
    if (option === '-V') await stderrOf(shell).write(`${name}: not found\n`)
    return 127
  }
  await stdoutOf(shell).write(
    `${option === '-V' ? `${name} is ${described}` : state.aliases.has(name) ? `alias ${name}=${quote(described)}` : described}\n`,
  )
  return 0
}

async function describeCommand({ state, system }: Shell, name: string): Promise<string | undefined> {
  const alias = state.aliases.get(name)
  if (alias !== undefined) return alias
  if (state.functions.has(name) || builtins.has(name)) return name
  return findCommandPath(system, name, lookUp(state, 'PATH') ?? '', state.cwd)
}

const type: Builtin = async (shell, argv) => {
  let status = 0
  for (const name of argv.slice(1)) {
    const { state } = shell
    const path = await describeCommand(shell, name)
    const what = state.functions.has(name) ? 'a function' : builtins.has(name) ? 'a shell builtin' : path
    if (what === undefined) status = 127
    const text = what === undefined ? 'not found' : `is ${what}`
    await stdoutOf(shell).write(`${name}${what === undefined ? ':' : ''} ${text}\n`)
  }
  return status
}

const source: Builtin = async (shell, argv) => {
  const { state, system } = shell
  const file = argv[1]
  if (file === undefined) throw new ShellError(`${argv[0]}: filename argument required`)
  const text = await system.fs.readFile(posix.resolve(state.cwd, file)).catch(() => {
    throw new ShellError(`${argv[0]}: can't open '${file}': No such file or directory`)
  })
  try {
    return await runStatements(shell, parseScript(text).statements)
  } catch (error) {
    if (error instanceof FunctionReturn) return error.exitCode
    throw error
  }
}

const execute: Builtin = async (shell, argv) => {
  const status = await runExternal(shell, argv.slice(1), true)
  throw new ShellExit(status, true)
}

const loopExit =
  (kind: 'break' | 'continue'): Builtin =>
  async (_shell, argv) => {
    throw new LoopExit(kind, Math.max(1, Number(argv[1] ?? 1)))
  }

const alias: Builtin = async (shell, argv) => {
  const { aliases } = shell.state
  if (argv.length === 1) for (const [name, text] of aliases) await stdoutOf(shell).write(`${name}=${quote(text)}\n`)
  for (const arg of argv.slice(1)) {
    const [name = '', ...rest] = arg.split('=')
    if (arg.includes('=')) aliases.set(name, rest.join('='))
    else await stdoutOf(shell).write(`${name}=${quote(aliases.get(name) ?? '')}\n`)
  }
  return 0
}

const done = (): Promise<number> => Promise.resolve(0)

/** A builtin that prints one text. */
const says =
  (text: (shell: Shell) => string): Builtin =>
  async (shell) => {
    await stdoutOf(shell).write(`${text(shell)}\n`)
    return 0
  }

/** All builtins by name. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', done],
  ['true', done],
  ['false', () => Promise.resolve(1)],
  ['echo', asBuiltin(echo)],
  ['printf', asBuiltin(printf)],
  ['test', test],
  ['[', test],
  ['cd', changeFolder],
  ['chdir', changeFolder],
  ['pwd', says(({ state }) => state.cwd)],
  ['export', exportVariables],
  ['readonly', exportVariables],
  ['local', local],
  ['set', set],
  ['read', read],
  ['trap', trap],
  ['wait', wait],
  ['kill', kill],
  ['command', command],
  ['type', type],
  ['getopts', getopts],
  ['.', source],
  ['source', source],
  ['exec', execute],
  ['alias', alias],
  ['break', loopExit('break')],
  ['continue', loopExit('continue')],
  ['hash', done],
  ['times', says(() => '0m0.00s 0m0.00s\n0m0.00s 0m0.00s')],
  ['umask', (shell, argv) => (argv.length === 1 ? says(() => '0022')(shell, argv) : done())],
  ['ulimit', says(() => 'unlimited')],
  [
    'exit',
    async ({ state }, argv) => {
      throw new ShellExit(argv[1] === undefined ? state.lastStatus : Number(argv[1]) || 0)
    },
  ],
  [
    'return',
    async ({ state }, argv) => {
      throw new FunctionReturn(argv[1] === undefined ? state.lastStatus : Number(argv[1]) & 255)
    },
  ],
  [
    'shift',
    async ({ state }, argv) => {
      const count = Number(argv[1] ?? 1)
      if (count > state.positional.length) return 1
      state.positional = state.positional.slice(count)
      return 0
    },
  ],
  [
    'unset',
    async ({ state }, argv) => {
      for (const name of argv.slice(1)) {
        if (state.variables.get(name)?.readOnly) throw new ShellError(`unset: ${name}: is read only`)
        state.variables.delete(name)
        if (argv[1] === '-f') state.functions.delete(name)
      }
      return 0
    },
  ],
  [
    'unalias',
    async ({ state }, argv) => {
      for (const name of argv.slice(1)) state.aliases.delete(name)
      return 0
    },
  ],
  ['eval', (shell, argv) => runStatements(shell, parseScript(argv.slice(1).join(' ')).statements)],
  [
    'let',
    async (shell, argv) => {
      const statement = parseScript(`((${argv.slice(1).join(',')}))`).statements[0]?.pipelines[0]?.commands[0]
      if (statement?.type !== 'ArithmeticCommand') return 1
      return Number((await evaluateIn(makeExpander(shell), statement.expression)) === 0)
    },
  ],
  [
    'jobs',
    async (shell) => {
      const { jobs } = shell.state
      for (const job of jobs) await stdoutOf(shell).write(formatJob(job, job === jobs.at(-1)))
      shell.state.jobs = jobs.filter((job) => job.state === 'Running')
      return 0
    },
  ],
  [
    'fg',
    async (shell, argv) => {
      const job = findJob(shell, argv[1] ?? '%%')
      if (!job) throw new ToolFailure('sh: fg: no current job', 2)
      await stdoutOf(shell).write(`${job.command}\n`)
      const stop = () => job.signal(String(shell.signal.reason))
      shell.signal.addEventListener('abort', stop, { once: true })
      return job.done
    },
  ],
])

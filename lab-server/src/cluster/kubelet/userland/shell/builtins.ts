// Commands that the shell runs itself, because they change it.
import { posix } from 'node:path'
import { readLine } from '../byte-stream.ts'
import { Killed, type Tool, ToolFailure, untilKilled } from '../task.ts'
import { echo, printf } from '../tools/echo.ts'
import { explain } from '../tools/explain.ts'
import { evaluateTest } from '../tools/test.ts'
import { dispatch, runExternal } from './command.ts'
import { FunctionReturn, LoopExit, ShellExit } from './control-flow.ts'
import { findCommandPath } from './executable.ts'
import { evaluateIn } from './expand.ts'
import { makeExpander, runStatements, runTraps, signalNumbers } from './interpreter.ts'
import { formatJob } from './jobs.ts'
import { parseScript } from './parse.ts'
import { breathe, type Shell, stderrOf, stdinOf, stdoutOf } from './shell.ts'
import { assign, exportedVariables, type Job, lookUp, ShellError } from './state.ts'

/** A builtin gets the shell and its command line, and resolves with the exit code. */
export type Builtin = (shell: Shell, argv: string[]) => Promise<number>

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

const isName = (text: string) => /^[A-Za-z_]\w*$/.test(text)

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

const test: Builtin = async ({ state, system }, argv) => {
  const args = argv.slice(1)
  if (argv[0] === '[' && args.pop() !== ']') throw new ToolFailure('sh: missing ]', 2)
  return Number(!(await evaluateTest(args, system.fs, state.cwd)))
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

const quote = (text: string) => `'${text.replaceAll("'", `'"'"'`)}'`

const exportVariables: Builtin = async (shell, argv) => {
  const { state } = shell
  const isReadOnly = argv[0] === 'readonly'
  const args = argv.slice(1).filter((arg) => arg !== '-p' && arg !== '--')
  if (args.length === 0) {
    for (const [name, { value, exported, readOnly }] of [...state.variables].sort()) {
      if (isReadOnly ? readOnly : exported) await stdoutOf(shell).write(`${argv[0]} ${name}=${quote(value)}\n`)
    }
    return 0
  }
  for (const arg of args) {
    const [name = '', ...rest] = arg.split('=')
    if (!isName(name)) throw new ShellError(`${argv[0]}: ${name}: bad variable name`)
    if (arg.includes('=')) assign(state, name, rest.join('='), isReadOnly ? undefined : true)
    const variable = state.variables.get(name) ?? { value: '', exported: false, readOnly: false }
    state.variables.set(name, isReadOnly ? { ...variable, readOnly: true } : { ...variable, exported: true })
  }
  return 0
}

const local: Builtin = async ({ state }, argv) => {
  const saved = state.locals.at(-1)
  if (!saved) throw new ShellError('local: not in a function')
  for (const arg of argv.slice(1)) {
    const [name = '', ...rest] = arg.split('=')
    if (!saved.has(name)) saved.set(name, state.variables.get(name))
    if (arg.includes('=')) assign(state, name, rest.join('='))
    else state.variables.set(name, { value: lookUp(state, name) ?? '', exported: false, readOnly: false })
  }
  return 0
}

const longOptions: Record<string, string> = {
  errexit: 'e',
  nounset: 'u',
  xtrace: 'x',
  noglob: 'f',
  allexport: 'a',
  noclobber: 'C',
}

const set: Builtin = async (shell, argv) => {
  const { state } = shell
  const args = argv.slice(1)
  if (args.length === 0) {
    for (const [name, { value }] of [...state.variables].sort())
      await stdoutOf(shell).write(`${name}=${quote(value)}\n`)
    return 0
  }
  while (args.length > 0 && /^[-+]./.test(args[0] ?? '')) {
    const arg = args.shift() ?? ''
    if (arg === '--') {
      state.positional = args
      return 0
    }
    const change = (option: string) => (arg.startsWith('-') ? state.options.add(option) : state.options.delete(option))
    for (const letter of arg.slice(1)) {
      if (letter !== 'o') change(letter)
      else {
        const name = args.shift() ?? ''
        change(longOptions[name] ?? name)
      }
    }
  }
  if (args.length > 0) state.positional = args[0] === '-' ? args.slice(1) : args
  return 0
}

const read: Builtin = async (shell, argv) => {
  const { state } = shell
  const args = argv.slice(1)
  let isRaw = false
  let timeoutMs: number | undefined
  let count: number | undefined
  while (args[0]?.startsWith('-') && args[0].length > 1) {
    const arg = args.shift() ?? ''
    if (arg.includes('r')) isRaw = true
    if (arg.endsWith('p')) await stderrOf(shell).write(args.shift() ?? '')
    else if (arg.endsWith('t')) timeoutMs = Number(args.shift() ?? 0) * 1000
    else if (arg.endsWith('n')) count = Number(args.shift() ?? 0)
  }
  const names = args.length > 0 ? args : ['REPLY']
  const timeout =
    timeoutMs === undefined ? shell.signal : AbortSignal.any([shell.signal, AbortSignal.timeout(timeoutMs)])
  const line = await untilKilled(timeout, readText(shell, isRaw, count, timeout)).catch((error: unknown) => {
    if (error instanceof Killed && !shell.signal.aborted) return undefined
    throw error
  })
  const words = splitFields(line?.text ?? '', names.length, lookUp(state, 'IFS') ?? ' \t\n', args.length === 0)
  for (const [index, name] of names.entries()) assign(state, name, words[index] ?? '')
  return line === undefined || line.ended ? 1 : 0
}

async function readText(shell: Shell, isRaw: boolean, count: number | undefined, signal: AbortSignal) {
  const input = stdinOf(shell)
  if (count !== undefined) {
    const chunk = await input.read(signal)
    if (!chunk) return undefined
    input.unread(chunk.subarray(count))
    return { text: chunk.subarray(0, count).toString(), ended: false }
  }
  const guarded = { ...input, read: () => input.read(signal) }
  let line = await readLine(guarded)
  while (line && !isRaw && line.text.endsWith('\\') && !line.ended) {
    const more = await readLine(guarded)
    line = { text: line.text.slice(0, -1) + (more?.text ?? ''), ended: more?.ended ?? true }
  }
  return line && !isRaw ? { ...line, text: line.text.replaceAll(/\\(.)/g, '$1') } : line
}

/** Splits a line for `read`: the last name takes what is left. */
function splitFields(text: string, count: number, separators: string, whole: boolean): string[] {
  if (whole) return [text]
  const isSeparator = (char: string | undefined) => char !== undefined && separators.includes(char)
  const trimStart = (value: string) => {
    let index = 0
    while (isSeparator(value[index]) && ' \t\n'.includes(value[index] ?? '')) index += 1
    return value.slice(index)
  }
  const trimEnd = (value: string) => {
    let index = value.length
    while (isSeparator(value[index - 1]) && ' \t\n'.includes(value[index - 1] ?? '')) index -= 1
    return value.slice(0, index)
  }
  let rest = trimEnd(trimStart(text))
  const words: string[] = []
  while (words.length < count - 1 && rest !== '') {
    let end = 0
    while (end < rest.length && !isSeparator(rest[end])) end += 1
    words.push(rest.slice(0, end))
    rest = trimStart(rest.slice(end + (' \t\n'.includes(rest[end] ?? ' ') ? 0 : 1)))
  }
  return [...words, rest]
}

const signalName = (text: string) => {
  const upper = text.toUpperCase().replace(/^SIG/, '')
  if (upper === 'EXIT' || upper === '0') return 'EXIT'
  const byNumber = Object.entries(signalNumbers).find(([, number]) => String(number) === upper)
  return byNumber ? byNumber[0] : `SIG${upper}`
}

const trap: Builtin = async (shell, argv) => {
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

function findJob({ state }: Shell, text: string): Job | undefined {
  if (text === '%%' || text === '%+' || text === '%') return state.jobs.at(-1)
  if (text.startsWith('%')) return state.jobs.find(({ id }) => String(id) === text.slice(1))
  return state.jobs.find(({ pid }) => String(pid) === text)
}

const wait: Builtin = async (shell, argv) => {
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

const kill: Builtin = async (shell, argv) => {
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
  let status = 0
  for (const target of args) {
    const job = findJob(shell, target)
    if (target.startsWith('%') && !job) throw new ToolFailure(`sh: ${target}: no such job`, 1)
    if (!job && !/^-?\d+$/.test(target)) throw new ToolFailure(`sh: invalid number '${target}'`, 1)
    if (job) job.signal(signal)
    else if (signal !== 'SIG0' && !(await shell.system.kill(Number(target), signal))) {
      await stderrOf(shell).write(`sh: can't kill pid ${target}: No such process\n`)
      status = 1
    }
  }
  return status
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

const getopts: Builtin = async ({ state }, argv) => {
  const [, options = '', name = 'opt', ...given] = argv
  const args = given.length > 0 ? given : state.positional
  const index = Number(lookUp(state, 'OPTIND') ?? 1)
  const within = Number(lookUp(state, '_OPTPOS') ?? 1)
  const arg = args[index - 1]
  if (!arg?.startsWith('-') || arg === '-' || arg === '--') {
    assign(state, name, '?')
    if (arg === '--') assign(state, 'OPTIND', String(index + 1))
    return 1
  }
  const letter = arg[within] ?? ''
  const at = options.indexOf(letter)
  const isLast = within + 1 >= arg.length
  assign(state, '_OPTPOS', isLast ? '1' : String(within + 1))
  assign(state, 'OPTIND', String(isLast ? index + 1 : index))
  assign(state, name, at === -1 || letter === ':' ? '?' : letter)
  if (at !== -1 && options[at + 1] === ':') {
    const value = isLast ? args[index] : arg.slice(within + 1)
    assign(state, 'OPTARG', value ?? '')
    assign(state, '_OPTPOS', '1')
    assign(state, 'OPTIND', String(isLast ? index + 2 : index + 1))
  }
  return 0
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

// Tools that just-bash brings: text tools that read all their input, then write all their output.
import { readAll } from '../byte-stream.ts'
import { loadJustBash } from '../just-bash.ts'
import type { Tool } from '../task.ts'
import { usageFailure } from './usage.ts'

/** Tools that read standard input when they get no more than this many operands. */
const readers: Record<string, number> = {
  sed: 1,
  awk: 1,
  strings: 0,
  jq: 1,
  base64: 0,
  tac: 0,
}

const others = ['find', 'tree', 'split']

/** Names of the tools that just-bash brings. */
export const bundledNames: ReadonlySet<string> = new Set([...Object.keys(readers), ...others])

/** Operands before the files, for tools whose first operand is a script unless an option gives it. */
function operandCount(argv: readonly string[]): number {
  const valued = /^-[a-zA-Z]*[efvkdtFnc]$/
  let count = 0
  for (let index = 1; index < argv.length; index += 1) {
    const arg = argv[index] ?? ''
    if (arg === '-') return 0
    if (!arg.startsWith('-')) count += 1
    else if (argv[0] !== 'base64' && valued.test(arg)) index += 1
  }
  return count
}

const hasScriptOption = (argv: readonly string[]) => argv.some((arg) => /^-[nrE]*[ef]/.test(arg))

/** `i\\TEXT` on one line, which everybody types, as the standard has it: the text on a line of its own. */
const withTextLines = (arg: string) => arg.replaceAll(/((?:^|[;{}\n\d$/])\s*[aic])\\(?=[^\n])\s*/g, '$1\\\n')

/** Runs one of them. */
export const bundledTool: Tool = async (task) => {
  const name = (task.argv[0] ?? '').split('/').at(-1) ?? ''
  const scripts = name === 'sed' || name === 'awk' ? Number(!hasScriptOption(task.argv)) : (readers[name] ?? -1)
  const readsInput = name in readers && operandCount(task.argv) <= scripts
  const stdin = readsInput ? (await readAll(task.stdin)).toString('latin1') : ''

  const { Bash } = await loadJustBash()
  const bash = new Bash({
    fs: task.system.fs,
    cwd: task.cwd,
    env: {},
    defenseInDepth: false,
    executionLimits: { maxOutputSize: 64 * 1024 * 1024, maxWorkUnits: 100_000_000, maxAwkIterations: 2_000_000 },
    processInfo: { pid: task.pid, ppid: 1, uid: task.system.container.user, gid: task.system.container.user },
  })
  const { PATH: _path, ...env } = task.env
  const result = await bash.exec(name, {
    args: name === 'sed' ? task.argv.slice(1).map(withTextLines) : task.argv.slice(1),
    stdin,
    stdinKind: 'bytes',
    env,
    cwd: task.cwd,
    rawScript: true,
    signal: task.signal,
  })
  const isBytes = result.stdoutKind === 'bytes' || result.stdoutEncoding === 'binary'
  await task.stdout.write(Buffer.from(result.stdout, isBytes ? 'latin1' : 'utf8'))
  const complaint = result.stderr.replace(/^bash: (?:line \d+: )?/gm, '')
  if (/: (?:missing operand|missing program|no script specified)/.test(complaint)) throw usageFailure(name)
  await task.stderr.write(inOurWords(complaint))
  return result.exitCode
}

/** What the library says otherwise than BusyBox does. */
function inOurWords(complaint: string): string {
  return complaint
    .replace(/^sed: couldn't open file (.*): No such file or directory/gm, 'sed: $1: No such file or directory')
    .replace(/^sed: command expected/gm, 'sed: missing command')
    .replace(/^sed: invalid command: /gm, 'sed: unsupported command ')
    .replace(/^find: unknown predicate '(.*)'/gm, 'find: unrecognized: $1')
}

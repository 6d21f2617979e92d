import { posix } from 'node:path'
import { readAll } from '../byte-stream.ts'
import { loadJustBash } from '../just-bash.ts'
import { finish, runScript, runStatements } from '../shell/interpreter.ts'
import { parseScript } from '../shell/parse.ts'
import { makeSignalQueue, type Shell } from '../shell/shell.ts'
import { makeShellState } from '../shell/state.ts'
import { type Task, type Tool, ToolFailure } from '../task.ts'
import { interactiveShell } from '../tty/interactive-shell.ts'

/** `sh [-eux] [-c script] [file] [arguments]`, and the interactive shell on a terminal. */
export const shellTool: Tool = async (task) => {
  await loadJustBash()
  const shell = makeShell(task)
  const { state } = shell
  const args = task.argv.slice(1)
  let command: string | undefined
  let isInteractive = false
  let readsStdin = false
  while (args[0] && /^[-+]./.test(args[0]) && args[0] !== '--') {
    const arg = args.shift() ?? ''
    if (arg.startsWith('--')) continue
    for (const option of arg.slice(1)) {
      if (option === 'c') command = args[0] === undefined ? undefined : ''
      else if (option === 'i') isInteractive = true
      else if (option === 's') readsStdin = true
      else if (option === 'o')
        state.options.add({ errexit: 'e', nounset: 'u', xtrace: 'x' }[args[0] ?? ''] ?? args[0] ?? '') && args.shift()
      else if (option !== 'l') state.options[arg.startsWith('-') ? 'add' : 'delete'](option)
    }
    if (command === '') {
      command = args.shift()
      break
    }
    if (arg.includes('c') && args.length === 0) throw new ToolFailure(`${state.name}: -c requires an argument`, 2)
  }
  if (args[0] === '--') args.shift()
  return runAsShell(task, shell, async () => {
    if (command !== undefined) {
      if (args.length > 0) state.name = args.shift() ?? state.name
      state.positional = args
      return runScript(shell, command)
    }
    const [file] = args
    if (file !== undefined && !readsStdin) {
      state.name = file
      state.positional = args.slice(1)
      return runScript(shell, await readScript(task, file))
    }
    state.positional = readsStdin ? args : []
    if ((task.stdin.isTerminal || isInteractive) && task.system.terminal)
      return interactiveShell(shell, task.system.terminal)
    return runFromStdin(shell, task)
  })
}

function makeShell(task: Task): Shell {
  const name = posix.basename(task.argv[0] ?? 'sh')
  const state = makeShellState(name === 'busybox' ? 'sh' : name, task.env, task.cwd, task.pid)
  state.descriptors.set(0, { reader: task.stdin })
  state.descriptors.set(1, { writer: task.stdout })
  state.descriptors.set(2, { writer: task.stderr })
  return { state, system: task.system, signal: task.signal, signals: makeSignalQueue() }
}

/** While the shell runs, signals for which it has a trap go to the trap. */
async function runAsShell(task: Task, shell: Shell, work: () => Promise<number>): Promise<number> {
  const release = task.system.onSignal(task.pid, (name) => {
    const trap = shell.state.traps.get(name)
    if (trap === undefined) return false
    if (trap !== '') shell.signals.push(name)
    return true
  })
  try {
    return await work()
  } finally {
    release()
  }
}

async function readScript({ system, cwd, argv }: Task, file: string): Promise<string> {
  return system.fs.readFile(posix.resolve(cwd, file)).catch(() => {
    throw new ToolFailure(`${posix.basename(argv[0] ?? 'sh')}: can't open '${file}': No such file or directory`, 2)
  })
}

/** `echo commands | sh`: a script on standard input. */
async function runFromStdin(shell: Shell, task: Task): Promise<number> {
  const source = (await readAll(task.stdin)).toString()
  return finish(shell, () => runStatements(shell, parseScript(source).statements))
}

// The shell that a person types at: prompt, history, one line after the other.

import { ShellExit } from '../shell/control-flow.ts'
import { finish, guarded, runStatements } from '../shell/interpreter.ts'
import { isUnfinished, parseScript } from '../shell/parse.ts'
import type { Shell } from '../shell/shell.ts'
import { lookUp } from '../shell/state.ts'
import { Killed } from '../task.ts'
import { editLine } from './line-editor.ts'
import type { Terminal } from './terminal.ts'

const longestHistory = 500

/** Reads and runs lines until `exit`, `^D`, or the terminal is gone. */
export async function interactiveShell(shell: Shell, terminal: Terminal): Promise<number> {
  const { state } = shell
  state.isInteractive = true
  const history: string[] = []
  return finish(shell, async () => {
    for (;;) {
      const source = await readCommand(shell, terminal, history)
      if (source === undefined) {
        await terminal.writeRaw('\r\n')
        return state.lastStatus
      }
      if (source.trim() !== '') await runLine(shell, terminal, source)
    }
  })
}

/** One command, of as many lines as it takes; undefined at the end of the input. */
async function readCommand(shell: Shell, terminal: Terminal, history: string[]): Promise<string | undefined> {
  let source = ''
  for (;;) {
    const prompt = source === '' ? primaryPrompt(shell) : (lookUp(shell.state, 'PS2') ?? '> ')
    const result = await editLine(shell, terminal, prompt, history)
    if (result.kind === 'end') return source === '' ? undefined : ''
    if (result.kind === 'interrupt') {
      shell.state.lastStatus = 130
      return ''
    }
    if (result.text.trim() !== '' && result.text !== history.at(-1)) history.push(result.text)
    if (history.length > longestHistory) history.shift()
    source += source === '' ? result.text : `\n${result.text}`
    if (!isUnfinished(source)) return source
  }
}

/** Runs one command line; `^C` ends it and not the shell. */
async function runLine(shell: Shell, terminal: Terminal, source: string): Promise<void> {
  const controller = new AbortController()
  const forward = () => controller.abort(shell.signal.reason)
  shell.signal.addEventListener('abort', forward, { once: true })
  terminal.setForeground((signal) => controller.abort(signal))
  const line: Shell = { ...shell, signal: controller.signal }
  try {
    shell.state.lastStatus = await guarded(line, async () => runStatements(line, parseScript(source).statements))
  } catch (error) {
    if (error instanceof ShellExit) throw error
    if (!(error instanceof Killed) || shell.signal.aborted) throw error
    shell.state.lastStatus = 130
  } finally {
    terminal.setForeground(undefined)
    shell.signal.removeEventListener('abort', forward)
    shell.state.conditionDepth = 0
    shell.state.locals.length = 0
  }
}

/** The prompt: `PS1`, or BusyBox's own, which tells root from others. */
function primaryPrompt({ state, system }: Shell): string {
  const home = lookUp(state, 'HOME') ?? ''
  const inHome = home !== '/' && home !== '' && (state.cwd === home || state.cwd.startsWith(`${home}/`))
  const folder = inHome ? `~${state.cwd.slice(home.length)}` : state.cwd
  const sign = system.container.user === 0 ? '#' : '$'
  const values: Record<string, string> = {
    w: folder,
    W: folder.split('/').at(-1) || '/',
    h: system.container.hostname,
    u: system.container.user === 0 ? 'root' : String(system.container.user),
    $: sign,
    n: '\r\n',
    '[': '',
    ']': '',
  }
  const template = lookUp(state, 'PS1') ?? (state.name === 'bash' ? '\\u@\\h:\\w\\$ ' : '\\w \\$ ')
  return template.replaceAll(/\\(.)/g, (whole, letter: string) => values[letter] ?? whole)
}

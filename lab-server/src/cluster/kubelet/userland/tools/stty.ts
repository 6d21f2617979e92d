// `stty` as BusyBox has it: shows and changes the settings of the terminal.
import { type Task, type Tool, ToolFailure } from '../task.ts'
import type { Terminal } from '../tty/terminal.ts'
import { changedSettings, everySetting, savedForm } from './stty-display.ts'
import { changeSetting, parseSaved } from './stty-settings.ts'

const fail = (message: string): never => {
  throw new ToolFailure(`stty: ${message}`)
}

/** `stty [-a|g] [-F DEVICE] [SETTING]...` */
export const stty: Tool = async (task) => {
  const { device, shows, settings } = readArguments(task.argv.slice(1))
  if (shows.length > 1) fail('-a and -g are mutually exclusive')
  if (shows.length > 0 && settings.length > 0) fail('modes may not be set when -a or -g is used')
  // Every word is read before anything changes, as in the original.
  const changes = readSettings(settings)
  const terminal = await openTerminal(task, device)

  if (settings.length === 0) {
    const text = shows[0] === 'a' ? everySetting(terminal) : shows[0] === 'g' ? savedForm(terminal.modes()) : undefined
    await task.stdout.write(text ?? changedSettings(terminal))
    return 0
  }
  let modes = terminal.modes()
  for (const change of changes) {
    if (change.kind === 'modes') modes = change.apply(modes)
    else if (change.kind === 'size') terminal.setSize({ ...terminal.size(), ...change.size })
    else await task.stdout.write(change.text(terminal))
  }
  terminal.setModes(modes)
  return 0
}

function readArguments(args: string[]) {
  const shows: ('a' | 'g')[] = []
  const settings: string[] = []
  let device: string | undefined
  const add = (letter: 'a' | 'g') => void (shows.includes(letter) || shows.push(letter))
  while (args.length > 0) {
    const arg = args.shift() ?? ''
    if (arg.startsWith('-F')) device = arg.length > 2 ? arg.slice(2) : (args.shift() ?? '')
    else if (arg === '-ag' || arg === '-ga') shows.push('a', 'g')
    else if (arg === '-a' || arg === '--all') add('a')
    else if (arg === '-g' || arg === '--save') add('g')
    else settings.push(arg)
  }
  return { device, shows, settings }
}

function readSettings(words: string[]) {
  const [only = ''] = words
  const saved = words.length === 1 ? parseSaved(only) : undefined
  if (saved) return [{ kind: 'modes' as const, apply: () => saved }]
  const rest = [...words]
  return Array.from({ length: words.length }).flatMap(() => {
    const word = rest.shift()
    return word === undefined ? [] : [changeSetting(word, rest)]
  })
}

/** The terminal that standard input is, or the device of `-F`. */
async function openTerminal({ system, stdin }: Task, device: string | undefined): Promise<Terminal> {
  const { terminal, fs } = system
  const isTerminal = device === undefined ? stdin.isTerminal : /^\/dev\/(?:tty|pts\/0|stdin)$/.test(device)
  if (terminal && isTerminal) return terminal
  if (device === '/dev/tty') return fail("can't open '/dev/tty': No such device or address")
  if (device !== undefined && !(await fs.exists(device))) {
    return fail(`can't open '${device}': No such file or directory`)
  }
  return fail(`${device ?? 'standard input'}: Inappropriate ioctl for device`)
}

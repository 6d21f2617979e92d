// What `stty` prints, wrapped at the terminal's edge as BusyBox does.
import type { Terminal } from '../tty/terminal.ts'
import { hasMode, modeFlags, modeWords, saneChars, type TerminalModes } from '../tty/terminal-modes.ts'
import { savedOrder } from './stty-settings.ts'

/** Joins pieces with blanks, and starts a new line where the next one would reach the edge. */
function wrap(pieces: readonly string[], width: number): string {
  let text = ''
  let column = 0
  for (const piece of pieces) {
    const isBroken = column > 0 && column + piece.length >= width
    if (isBroken) {
      text += '\n'
      column = 0
    } else if (column > 0) {
      text += ' '
      column += 1
    }
    text += piece
    column += piece.length
  }
  return text === '' ? '' : `${text}\n`
}

function shownCharacter(code: number): string {
  if (code === 0) return '<undef>'
  if (code === 127) return '^?'
  return code < 32 ? `^${String.fromCharCode(code + 64)}` : String.fromCharCode(code)
}

const characters = ({ chars }: TerminalModes) => [
  ...Object.keys(saneChars)
    .filter((name) => name !== 'min' && name !== 'time')
    .map((name) => `${name} = ${shownCharacter(chars[name] ?? 0)};`),
  `min = ${chars.min}; time = ${chars.time};`,
]

/** `stty -a` */
export function everySetting(terminal: Terminal): string {
  const modes = terminal.modes()
  const { rows, columns } = terminal.size()
  const flags = modeWords.map((word) =>
    modeFlags
      .filter((flag) => flag.word === word)
      .flatMap(({ name, reversible }) => (hasMode(modes, name) ? [name] : reversible ? [`-${name}`] : [])),
  )
  const groups = [['speed 38400 baud;', `rows ${rows}; columns ${columns};`, 'line = 0;'], characters(modes), ...flags]
  return groups.map((group) => wrap(group, columns)).join('')
}

/** `stty` alone: what differs from `stty sane`. */
export function changedSettings(terminal: Terminal): string {
  const modes = terminal.modes()
  const changed = modeWords.map((word) =>
    modeFlags
      .filter((flag) => flag.word === word && flag.sane !== undefined && flag.sane !== hasMode(modes, flag.name))
      .map(({ name, sane }) => (sane ? `-${name}` : name)),
  )
  const groups = [['speed 38400 baud;', 'line = 0;'], characters(modes), ...changed]
  return groups.map((group) => wrap(group, terminal.size().columns)).join('')
}

/** `stty -g`: what `stty` reads again. */
export function savedForm({ input, output, control, local, chars }: TerminalModes): string {
  const words = [input, output, control, local, ...savedOrder.map((name) => chars[name] ?? 0)]
  return `${[...words, ...Array.from({ length: 15 }, () => 0)].map((word) => word.toString(16)).join(':')}\n`
}

// What the words after `stty` change.
import type { TerminalSize } from '../protocol.ts'
import { ToolFailure } from '../task.ts'
import type { Terminal } from '../tty/terminal.ts'
import {
  findModeFlag,
  modeFlags,
  type modeWords,
  saneChars,
  type TerminalModes,
  withModes,
} from '../tty/terminal-modes.ts'

/** One word's effect, or its text for those that only show something. */
export type SttyChange =
  | { kind: 'modes'; apply(modes: TerminalModes): TerminalModes }
  | { kind: 'size'; size: Partial<TerminalSize> }
  | { kind: 'text'; text(terminal: Terminal): string }

const fail = (message: string): never => {
  throw new ToolFailure(`stty: ${message}`)
}

const switching = (change: Record<string, boolean>): SttyChange => ({
  kind: 'modes',
  apply: (modes) => withModes(modes, change),
})

const cooked = {
  brkint: true,
  ignpar: true,
  istrip: true,
  icrnl: true,
  ixon: true,
  opost: true,
  isig: true,
  icanon: true,
}
const raw = {
  ...Object.fromEntries(
    modeFlags.filter(({ word, name }) => word === 'input' && name !== 'iutf8').map(({ name }) => [name, false]),
  ),
  opost: false,
  isig: false,
  icanon: false,
  xcase: false,
}
const saneSwitches = Object.fromEntries(
  modeFlags.flatMap(({ name, sane }) => (sane === undefined ? [] : [[name, sane]])),
)
const lines = { erase: 127, kill: 21 }

const withChars = (chars: Record<string, number>): SttyChange => ({
  kind: 'modes',
  apply: (modes) => ({ ...modes, chars: { ...modes.chars, ...chars } }),
})

/** Words that stand for several switches. */
const combinations: Record<string, SttyChange> = {
  sane: {
    kind: 'modes',
    apply: (modes) => ({ ...withModes(modes, saneSwitches), chars: saneChars }),
  },
  raw: { kind: 'modes', apply: (modes) => ({ ...withModes(modes, raw), chars: { ...modes.chars, min: 1, time: 0 } }) },
  '-raw': switching(cooked),
  cooked: switching(cooked),
  '-cooked': switching(raw),
  cbreak: switching({ icanon: false }),
  '-cbreak': switching({ icanon: true }),
  nl: switching({ icrnl: false, onlcr: false }),
  '-nl': switching({ icrnl: true, inlcr: false, igncr: false, onlcr: true, ocrnl: false, onlret: false }),
  ek: withChars(lines),
  crt: switching({ echoe: true, echoctl: true, echoke: true }),
  dec: {
    kind: 'modes',
    apply: (modes) => ({
      ...withModes(modes, { echoe: true, echoctl: true, echoke: true, ixany: false }),
      chars: { ...modes.chars, ...lines, intr: 3 },
    }),
  },
}

/** Other names of flags. */
const aliases: Record<string, string> = {
  hup: 'hupcl',
  tandem: 'ixoff',
  crterase: 'echoe',
  ctlecho: 'echoctl',
  prterase: 'echoprt',
  crtkill: 'echoke',
}

/** Reads one setting; those that take a value take it from the words that follow. */
export function changeSetting(word: string, rest: string[]): SttyChange {
  const combination = combinations[word]
  if (combination) return combination
  const isOn = !word.startsWith('-')
  const name = isOn ? word : word.slice(1)
  const flag = findModeFlag(aliases[name] ?? name)
  if (flag && (isOn || flag.reversible)) return switching({ [flag.name]: isOn })
  if (!isOn) return fail(`invalid argument '${word}'`)

  if (word === 'size')
    return { kind: 'text', text: (terminal) => `${terminal.size().rows} ${terminal.size().columns}\n` }
  if (word === 'speed') return { kind: 'text', text: () => '38400\n' }
  const value = () => rest.shift() ?? fail(`${word} requires an argument`)
  if (word === 'rows') return { kind: 'size', size: { rows: number(value()) } }
  if (word === 'cols' || word === 'columns') return { kind: 'size', size: { columns: number(value()) } }
  if (word === 'min' || word === 'time') return withChars({ [word]: number(value()) & 255 })
  if (word === 'line' || word === 'ispeed' || word === 'ospeed') {
    number(value())
    return switching({})
  }
  if (word in saneChars) return withChars({ [word]: character(value()) })
  // Whatever else it is, it is taken for a speed, which this terminal has only one of.
  number(word)
  return switching({})
}

function number(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : fail(`invalid number '${text}'`)
}

/** `^C`, `^?`, `^-`, `undef`, a character or its code. */
function character(text: string): number {
  if (text === 'undef' || text === '^-' || text === '') return 0
  if (text === '^?') return 127
  if (text.startsWith('^') && text.length > 1) return text.charCodeAt(1) & 31
  return text.length === 1 ? text.charCodeAt(0) : number(text) & 255
}

/** Where each control character stands in the list that `stty -g` prints. */
export const savedOrder = [
  'intr',
  'quit',
  'erase',
  'kill',
  'eof',
  'time',
  'min',
  'swtch',
  'start',
  'stop',
  'susp',
  'eol',
  'rprnt',
  'flush',
  'werase',
  'lnext',
  'eol2',
]
const savedLength = 36

/** Reads what `stty -g` printed; undefined when it is something else. */
export function parseSaved(text: string): TerminalModes | undefined {
  const parts = text.split(':')
  if (parts.length !== savedLength || !parts.every((part) => /^[0-9a-f]+$/.test(part))) return undefined
  const [input = 0, output = 0, control = 0, local = 0, ...chars] = parts.map((part) => Number.parseInt(part, 16))
  const words = { input, output, control, local } satisfies Record<(typeof modeWords)[number], number>
  return { ...words, chars: Object.fromEntries(savedOrder.map((name, index) => [name, chars[index] ?? 0])) }
}

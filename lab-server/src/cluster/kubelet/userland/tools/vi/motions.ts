// Where the keys that move the cursor lead. Pure.
import { special } from './keys.ts'
import {
  countLines,
  displayWidth,
  firstWord,
  lineEnd,
  lineNumber,
  lineStart,
  placeAtColumn,
  startOfLine,
} from './text-places.ts'

export interface Motion {
  to: number
  /** An operator takes whole lines. */
  lines?: boolean
  /** An operator takes the character at the end, too. */
  inclusive?: boolean
  /** The column that further moves up and down aim for. */
  column?: number
}

export interface MotionPlace {
  text: string
  cursor: number
  /** As often as this; undefined when no count was typed. */
  count: number | undefined
  column: number | undefined
  /** First line on the screen and lines on it. */
  top: number
  rows: number
  marks: ReadonlyMap<string, number>
}

type Step = (text: string, at: number) => number

const kindOf = (char: string | undefined, big: boolean) =>
  char === undefined || /\s/.test(char) ? 'blank' : big || /\w/.test(char) ? 'word' : 'mark'

const nextWord =
  (big: boolean): Step =>
  (text, from) => {
    let at = from
    const kind = kindOf(text[at], big)
    while (kind !== 'blank' && at < text.length && kindOf(text[at], big) === kind) at += 1
    while (at < text.length && kindOf(text[at], big) === 'blank') {
      at += 1
      // An empty line is a word.
      if (text[at] === '\n' && text[at - 1] === '\n') break
    }
    return at
  }

const wordBefore =
  (big: boolean): Step =>
  (text, from) => {
    let at = from - 1
    while (at > 0 && kindOf(text[at], big) === 'blank') at -= 1
    const kind = kindOf(text[at], big)
    while (at > 0 && kindOf(text[at - 1], big) === kind && kind !== 'blank') at -= 1
    return Math.max(0, at)
  }

const wordEnd =
  (big: boolean): Step =>
  (text, from) => {
    let at = from + 1
    while (at < text.length && kindOf(text[at], big) === 'blank') at += 1
    const kind = kindOf(text[at], big)
    while (at + 1 < text.length && kindOf(text[at + 1], big) === kind) at += 1
    return Math.min(at, text.length - 1)
  }

function repeat(step: Step, { text, cursor, count = 1 }: MotionPlace): number {
  let at = cursor
  for (let turn = 0; turn < Math.min(count, text.length); turn += 1) at = step(text, at)
  return at
}

function vertical(place: MotionPlace, lines: number): Motion | undefined {
  const { text, cursor } = place
  const line = lineNumber(text, cursor) + lines
  if (line < 0 || line >= countLines(text)) return undefined
  const start = lineStart(text, cursor)
  const column = place.column ?? displayWidth(text.slice(start, lineEnd(text, cursor)), cursor - start)
  return { to: placeAtColumn(text, startOfLine(text, line), column), lines: true, column }
}

function horizontal({ text, cursor, count = 1 }: MotionPlace, direction: 1 | -1): Motion | undefined {
  const [from, to] = [lineStart(text, cursor), lineEnd(text, cursor)]
  const at = Math.max(from, Math.min(to, cursor + direction * count))
  return at === cursor ? undefined : { to: at }
}

function findCharacter({ text, cursor, count = 1 }: MotionPlace, key: string, char: string): Motion | undefined {
  const forward = key === 'f' || key === 't'
  let at = cursor
  for (let turn = 0; turn < Math.min(count, text.length); turn += 1) {
    at = forward ? text.indexOf(char, at + 1) : at === 0 ? -1 : text.lastIndexOf(char, at - 1)
    if (at === -1) return undefined
  }
  if (lineStart(text, at) !== lineStart(text, cursor)) return undefined
  const back = key === 't' ? -1 : key === 'T' ? 1 : 0
  return { to: at + back, inclusive: forward }
}

const pairs = '()[]{}'

function matching({ text, cursor }: MotionPlace): Motion | undefined {
  let from = cursor
  while (from < lineEnd(text, cursor) && !pairs.includes(text[from] ?? ' ')) from += 1
  const kind = pairs.indexOf(text[from] ?? ' ')
  if (kind === -1) return undefined
  const step = kind % 2 === 0 ? 1 : -1
  const [open, close] = [pairs[kind], pairs[kind + step]]
  let depth = 0
  for (let at = from; at >= 0 && at < text.length; at += step) {
    if (text[at] === open) depth += 1
    else if (text[at] === close) depth -= 1
    if (depth === 0) return { to: at, inclusive: true }
  }
  return undefined
}

const toLine = ({ text }: MotionPlace, line: number): Motion => {
  const start = startOfLine(text, Math.max(0, Math.min(line, countLines(text) - 1)))
  return { to: firstWord(text, start), lines: true }
}

function paragraph({ text, cursor }: MotionPlace, direction: 1 | -1): Motion {
  const from = lineNumber(text, cursor)
  const lines = text.split('\n').slice(0, -1)
  let line = from + direction
  while (line > 0 && line < lines.length - 1 && lines[line] !== '') line += direction
  return { to: startOfLine(text, Math.max(0, line)) }
}

/** Keys that move, with the character that `f` and its kin wait for. */
const moves: Record<string, (place: MotionPlace, char: string) => Motion | undefined> = {
  h: (place) => horizontal(place, -1),
  l: (place) => horizontal(place, 1),
  j: (place) => vertical(place, place.count ?? 1),
  k: (place) => vertical(place, -(place.count ?? 1)),
  '+': (place) =>
    vertical(place, place.count ?? 1) && toLine(place, lineNumber(place.text, place.cursor) + (place.count ?? 1)),
  '-': (place) =>
    vertical(place, -(place.count ?? 1)) && toLine(place, lineNumber(place.text, place.cursor) - (place.count ?? 1)),
  w: (place) => ({ to: repeat(nextWord(false), place) }),
  W: (place) => ({ to: repeat(nextWord(true), place) }),
  b: (place) => ({ to: repeat(wordBefore(false), place) }),
  B: (place) => ({ to: repeat(wordBefore(true), place) }),
  e: (place) => ({ to: repeat(wordEnd(false), place), inclusive: true }),
  E: (place) => ({ to: repeat(wordEnd(true), place), inclusive: true }),
  '0': ({ text, cursor }) => ({ to: lineStart(text, cursor) }),
  '^': ({ text, cursor }) => ({ to: firstWord(text, cursor) }),
  $: ({ text, cursor, count = 1 }) => {
    const end = lineEnd(text, startOfLine(text, lineNumber(text, cursor) + count - 1))
    return { to: Math.max(cursor, end), column: Number.POSITIVE_INFINITY }
  },
  '|': ({ text, cursor, count = 1 }) => ({ to: placeAtColumn(text, cursor, count - 1) }),
  G: (place) => toLine(place, (place.count ?? countLines(place.text)) - 1),
  gg: (place) => toLine(place, (place.count ?? 1) - 1),
  H: (place) => toLine(place, place.top + (place.count ?? 1) - 1),
  M: (place) => toLine(place, place.top + Math.floor((place.rows - 1) / 2)),
  L: (place) => toLine(place, place.top + place.rows - (place.count ?? 1)),
  '{': (place) => paragraph(place, -1),
  '}': (place) => paragraph(place, 1),
  '%': matching,
  f: (place, char) => findCharacter(place, 'f', char),
  F: (place, char) => findCharacter(place, 'F', char),
  t: (place, char) => findCharacter(place, 't', char),
  T: (place, char) => findCharacter(place, 'T', char),
  "'": (place, char) => {
    const at = place.marks.get(char)
    return at === undefined ? undefined : { to: firstWord(place.text, at), lines: true }
  },
}

const aliases: Record<string, string> = {
  [special.left]: 'h',
  '\b': 'h',
  '\x7f': 'h',
  [special.right]: 'l',
  ' ': 'l',
  [special.down]: 'j',
  '\n': 'j',
  '\x0e': 'j',
  '\r': '+',
  [special.up]: 'k',
  '\x10': 'k',
  [special.home]: '0',
  [special.end]: '$',
  '`': "'",
}

/** The name of the move that a key makes; undefined when it makes none. */
export function moveOf(key: string): string | undefined {
  const name = aliases[key] ?? key
  return Object.hasOwn(moves, name) ? name : undefined
}

/** Where a move leads; undefined when it leads nowhere. */
export const findMotion = (name: string, char: string, place: MotionPlace): Motion | undefined =>
  moves[name]?.(place, char)

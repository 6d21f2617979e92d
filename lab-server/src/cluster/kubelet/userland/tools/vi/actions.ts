// What each key of command mode does that is no motion and no operator.
import { type Editor, put, remember, splice, undo } from './editor.ts'
import { escapeKey, special } from './keys.ts'
import { linesFrom, operate } from './operators.ts'
import { scroll } from './scroll.ts'
import { firstWord, lineEnd, lineNumber, lineStart } from './text-places.ts'

/** What a command wants that the editor cannot do by itself. */
export type Wish = { kind: 'save-and-quit' } | { kind: 'quit' } | { kind: 'repeat'; keys: string }

/** One complete command. */
export interface Command {
  register: string
  count: number | undefined
  operator: string
  /** A move, or another command; the operator itself for whole lines. */
  name: string
  char: string
}

type Action = (editor: Editor, command: Command) => Wish | undefined

/** Types from a place on, after a change of the text if need be. */
function typeAt(editor: Editor, at: number, mode: Editor['mode'] = 'insert'): undefined {
  editor.cursor = at
  editor.mode = mode
  return undefined
}

const insertAt =
  (place: (editor: Editor) => number, mode?: Editor['mode']): Action =>
  (editor) => {
    remember(editor)
    return typeAt(editor, place(editor), mode)
  }

const openLine =
  (below: boolean): Action =>
  (editor) => {
    remember(editor)
    const at = below ? lineEnd(editor.text, editor.cursor) + 1 : lineStart(editor.text, editor.cursor)
    splice(editor, at, at, '\n')
    return typeAt(editor, at)
  }

/** An operator on a piece of the cursor's line, without a word about it. */
const quietly =
  (operator: string, span: (editor: Editor, count: number) => [from: number, to: number]): Action =>
  (editor, { count = 1, register }) => {
    const [from, to] = span(editor, count)
    if (from === to && operator === 'd') return undefined
    operate(editor, operator, { from, to, lines: false }, register)
    editor.message = undefined
    return undefined
  }

const toLineEnd = ({ text, cursor }: Editor): [number, number] => [cursor, lineEnd(text, cursor)]
const ahead = ({ text, cursor }: Editor, count: number): [number, number] => [
  cursor,
  Math.min(cursor + count, lineEnd(text, cursor)),
]
const behind = ({ text, cursor }: Editor, count: number): [number, number] => [
  Math.max(cursor - count, lineStart(text, cursor)),
  cursor,
]

function join(editor: Editor, count: number): undefined {
  remember(editor)
  for (let turn = 0; turn < Math.max(1, count - 1); turn += 1) {
    const end = lineEnd(editor.text, editor.cursor)
    if (end + 1 >= editor.text.length) return undefined
    const next = end + 1 + (editor.text.slice(end + 1).match(/^[ \t]*/)?.[0].length ?? 0)
    splice(editor, end, next, ' ')
    editor.cursor = end + 1
  }
  return undefined
}

function switchCase(editor: Editor, count: number): undefined {
  const to = Math.min(editor.cursor + count, lineEnd(editor.text, editor.cursor))
  remember(editor)
  const turned = [...editor.text.slice(editor.cursor, to)].map((char) =>
    char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase(),
  )
  splice(editor, editor.cursor, to, turned.join(''))
  editor.cursor = to
  return undefined
}

function replaceCharacters(editor: Editor, char: string, count: number): undefined {
  const to = editor.cursor + count
  if (char === escapeKey || to > lineEnd(editor.text, editor.cursor)) return undefined
  remember(editor)
  splice(editor, editor.cursor, to, (char === '\r' ? '\n' : char).repeat(count))
  editor.cursor = to - 1
  return undefined
}

const scrollBy =
  (lines: (editor: Editor) => number): Action =>
  (editor, { count = 1 }) => {
    scroll(editor, lines(editor) * count)
    return undefined
  }
const page = ({ rows }: Editor) => Math.max(1, rows - 1)
const half = ({ rows }: Editor) => Math.max(1, Math.floor(rows / 2))

const prompt =
  (mode: 'colon' | 'search'): Action =>
  (editor, { name }) => {
    editor.mode = mode
    editor.prompt = name
    return undefined
  }

/** The commands by their key. */
export const actions: Record<string, Action> = {
  i: insertAt(({ cursor }) => cursor),
  [special.insert]: insertAt(({ cursor }) => cursor),
  a: insertAt(({ text, cursor }) => (text[cursor] === '\n' ? cursor : cursor + 1)),
  A: insertAt(({ text, cursor }) => lineEnd(text, cursor)),
  I: insertAt(({ text, cursor }) =>
    /^[ \t]*$/.test(text.slice(lineStart(text, cursor), lineEnd(text, cursor)))
      ? lineEnd(text, cursor)
      : firstWord(text, cursor),
  ),
  R: insertAt(({ cursor }) => cursor, 'replace'),
  o: openLine(true),
  O: openLine(false),
  x: quietly('d', ahead),
  [special.delete]: quietly('d', ahead),
  X: quietly('d', behind),
  D: quietly('d', toLineEnd),
  C: quietly('c', toLineEnd),
  s: quietly('c', ahead),
  S: (editor, { count = 1, register }) => void operate(editor, 'c', linesFrom(editor, count), register),
  Y: (editor, { count = 1, register }) => void operate(editor, 'y', linesFrom(editor, count), register),
  p: (editor, { count = 1, register }) => void put(editor, register, true, count),
  P: (editor, { count = 1, register }) => void put(editor, register, false, count),
  J: (editor, { count = 1 }) => join(editor, count),
  '~': (editor, { count = 1 }) => switchCase(editor, count),
  r: (editor, { char, count = 1 }) => replaceCharacters(editor, char, count),
  u: (editor) => void undo(editor),
  m: ({ marks, cursor }, { char }) => void marks.set(char, cursor),
  '.': ({ lastChange }, { count = 1 }) => ({ kind: 'repeat', keys: lastChange.repeat(Math.min(count, 1000)) }),
  Z: (_, { char }) => (char === 'Z' ? { kind: 'save-and-quit' } : char === 'Q' ? { kind: 'quit' } : undefined),
  z: (editor, { char }) => {
    const line = lineNumber(editor.text, editor.cursor)
    const back = char === '.' || char === 'z' ? half(editor) : char === '-' || char === 'b' ? page(editor) : 0
    editor.top = Math.max(0, line - back)
    return undefined
  },
  '\x06': scrollBy(page),
  [special.pageDown]: scrollBy(page),
  '\x02': scrollBy((editor) => -page(editor)),
  [special.pageUp]: scrollBy((editor) => -page(editor)),
  '\x04': scrollBy(half),
  '\x15': scrollBy((editor) => -half(editor)),
  '\x05': scrollBy(() => 1),
  '\x19': scrollBy(() => -1),
  '\x07': () => undefined,
  '\x0c': () => undefined,
  '\x12': () => undefined,
  ':': prompt('colon'),
  '/': prompt('search'),
  '?': prompt('search'),
  [escapeKey]: () => undefined,
  '\x03': () => undefined,
}

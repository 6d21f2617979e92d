// What is being edited, and the small changes that every command is made of.
import { countLines, lineEnd, lineStart, onCharacter } from './text-places.ts'

export interface Register {
  text: string
  lines: boolean
}

export interface Editor {
  /** Always ends with a newline. */
  text: string
  cursor: number
  mode: 'command' | 'insert' | 'replace' | 'colon' | 'search'
  /** Keys of a command that is not complete yet. */
  pending: string
  /** What is typed after `:`, `/` or `?`, with it. */
  prompt: string
  /** The column that moves up and down aim for. */
  column: number | undefined
  registers: Map<string, Register>
  marks: Map<string, number>
  past: { text: string; cursor: number }[]
  search: { pattern: string; backward: boolean }
  lastFind: { key: string; char: string } | undefined
  /** Keys of the last change, for `.`, and of the one that is being typed. */
  lastChange: string
  typed: string | undefined
  message: { text: string; bold: boolean } | undefined
  fileName: string | undefined
  savedText: string
  isReadOnly: boolean
  top: number
  rows: number
  columns: number
}

/** Starts with a text; `rows` are those above the status line. */
export function makeEditor(text: string, size: { rows: number; columns: number }, fileName?: string): Editor {
  const whole = text.endsWith('\n') ? text : `${text}\n`
  return {
    text: whole,
    cursor: 0,
    mode: 'command',
    pending: '',
    prompt: '',
    column: undefined,
    registers: new Map(),
    marks: new Map(),
    past: [],
    search: { pattern: '', backward: false },
    lastFind: undefined,
    lastChange: '',
    typed: undefined,
    message: undefined,
    fileName,
    savedText: whole,
    isReadOnly: false,
    top: 0,
    ...size,
  }
}

export const isModified = ({ text, savedText }: Editor) => text !== savedText

/** Shows a message in place of the status, until the next key. */
export function say(editor: Editor, text: string): undefined {
  editor.message = { text, bold: false }
}

/** Shows a message that stands out. */
export function complain(editor: Editor, text: string): undefined {
  editor.message = { text, bold: true }
}

/** How many changes are remembered: one entry is as large as the text. */
const longestPast = 200

/** Notes the text for `u`, before a change. */
export function remember(editor: Editor): void {
  editor.past.push({ text: editor.text, cursor: editor.cursor })
  if (editor.past.length > longestPast) editor.past.shift()
}

/** Puts `added` in the place of what stands between two places. */
export function splice(editor: Editor, from: number, to: number, added: string): void {
  const text = editor.text.slice(0, from) + added + editor.text.slice(to)
  editor.text = text.endsWith('\n') ? text : `${text}\n`
}

/** Brings the cursor back into the text, as far as the mode allows. */
export function settleCursor(editor: Editor): void {
  const { text, mode } = editor
  if (mode === 'insert' || mode === 'replace') editor.cursor = Math.max(0, Math.min(editor.cursor, text.length - 1))
  else editor.cursor = onCharacter(text, editor.cursor)
}

/** Takes the last change back. */
export function undo(editor: Editor): undefined {
  const before = editor.past.pop()
  if (!before) return say(editor, 'Already at oldest change')
  const { text } = editor
  let from = 0
  while (from < text.length && text[from] === before.text[from]) from += 1
  const difference = before.text.length - text.length
  say(
    editor,
    `Undo [${editor.past.length + 1}] ${difference < 0 ? 'deleted' : 'restored'} ${Math.abs(difference)} chars at position ${from}`,
  )
  editor.text = before.text
  editor.cursor = before.cursor
  settleCursor(editor)
}

/** Keeps a piece of the text for `p`, and says so when asked. */
export function yank(editor: Editor, register: string, piece: Register, verb?: string): void {
  editor.registers.set(register, piece)
  if (verb) say(editor, `${verb} ${countLines(piece.text)} lines (${piece.text.length} chars) from [${register}]`)
}

/** `p` and `P`: what was kept goes after the cursor, or before it. */
export function put(editor: Editor, register: string, after: boolean, count: number): undefined {
  const kept = editor.registers.get(register)
  if (!kept) return complain(editor, `Nothing in register ${register}`)
  remember(editor)
  const { text, cursor } = editor
  const added = kept.text.repeat(Math.min(count, Math.ceil(1_000_000 / kept.text.length)))
  if (kept.lines) {
    const at = after ? lineEnd(text, cursor) + 1 : lineStart(text, cursor)
    splice(editor, at, at, added)
    editor.cursor = at
  } else {
    const at = after && text[cursor] !== '\n' ? cursor + 1 : cursor
    splice(editor, at, at, added)
    editor.cursor = at + added.length
    while (/[ \t]/.test(editor.text[editor.cursor] ?? '')) editor.cursor += 1
  }
  say(editor, `Put ${countLines(kept.text)} lines (${kept.text.length} chars) from [${register}]`)
}

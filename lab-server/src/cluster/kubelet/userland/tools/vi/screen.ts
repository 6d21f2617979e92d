// What the editor shows: rows of text, the status line, the place of the cursor.
import { type Editor, isModified } from './editor.ts'
import { countLines, displayed, displayWidth, lineEnd, lineNumber, lineStart, startOfLine } from './text-places.ts'

export interface Picture {
  /** All rows of the terminal; the last is the status line. */
  rows: string[]
  /** Counted from 1. */
  cursor: { row: number; column: number }
}

const modeLetters = { command: '-', colon: '-', search: '-', insert: 'I', replace: 'R' } as const

/** `- file [Readonly] [Modified] 2/12 16%` */
export function describeStatus(editor: Editor): string {
  const line = lineNumber(editor.text, editor.cursor) + 1
  const total = countLines(editor.text)
  const percent = Math.floor((line * 100) / total)
  const flags = `${editor.isReadOnly ? ' [Readonly]' : ''}${isModified(editor) ? ' [Modified]' : ''}`
  return `${modeLetters[editor.mode]} ${editor.fileName ?? 'No file'}${flags} ${line}/${total} ${percent}%`
}

/** The column of the cursor in the whole line, from 0: on a tab its last one, but when something is typed. */
function cursorColumn({ text, cursor, mode }: Editor): number {
  const start = lineStart(text, cursor)
  const line = text.slice(start, lineEnd(text, cursor))
  const at = cursor - start
  if (line[at] === '\t' && mode === 'command') return displayWidth(line, at + 1) - 1
  return displayWidth(line, at)
}

/** Draws the editor. Long lines are not broken: the screen moves to the right with the cursor. */
export function draw(editor: Editor): Picture {
  const { text, rows, columns, top, mode, message } = editor
  const column = cursorColumn(editor)
  const left = Math.max(0, column - columns + 1)
  const first = startOfLine(text, top)
  const visible = text.slice(first).split('\n', rows)
  const total = countLines(text)
  const shown = Array.from({ length: rows }, (_, row) =>
    top + row < total ? displayed(visible[row] ?? '').slice(left, left + columns) : left > 0 ? '' : '~',
  )
  const isPrompt = mode === 'colon' || mode === 'search'
  const status = isPrompt ? editor.prompt : (message?.text ?? describeStatus(editor))
  const cut = status.slice(0, columns - 1)
  return {
    rows: [...shown, !isPrompt && message?.bold ? `\x1b[7m${cut}\x1b[m` : cut],
    cursor: isPrompt
      ? { row: rows + 1, column: Math.min(columns, cut.length + 1) }
      : { row: lineNumber(text, editor.cursor) - top + 1, column: column - left + 1 },
  }
}

/** The bytes that turn one picture into the next; without one the screen is cleared. */
export function paint(before: Picture | undefined, { rows, cursor }: Picture): string {
  const changed = rows.flatMap((row, index) =>
    before?.rows[index] === row ? [] : [`\x1b[${index + 1};1H${row}\x1b[K`],
  )
  return `${before ? '' : '\x1b[H\x1b[J'}${changed.join('')}\x1b[${cursor.row};${cursor.column}H`
}

// Which part of the text the screen shows.
import type { Editor } from './editor.ts'
import { countLines, firstWord, lineNumber, startOfLine } from './text-places.ts'

/** Moves the screen over the text; the cursor stays on it. */
export function scroll(editor: Editor, lines: number): void {
  const last = countLines(editor.text) - 1
  editor.top = Math.max(0, Math.min(last, editor.top + lines))
  const line = lineNumber(editor.text, editor.cursor)
  const inside = Math.max(editor.top, Math.min(line, editor.top + editor.rows - 1, last))
  if (inside !== line) editor.cursor = firstWord(editor.text, startOfLine(editor.text, inside))
}

/** Brings the cursor's line onto the screen: by a little when it is near, else into the middle. */
export function followCursor(editor: Editor): void {
  const { rows } = editor
  const line = lineNumber(editor.text, editor.cursor)
  const below = line - (editor.top + rows - 1)
  const above = editor.top - line
  const middle = Math.floor((rows - 1) / 2)
  if (below > 0) editor.top = below > middle ? line - middle : editor.top + below
  else if (above > 0) editor.top = above > middle ? line - middle : line
  editor.top = Math.max(0, editor.top)
}

// Insert and replace mode: keys become text.
import { type Editor, splice } from './editor.ts'
import { escapeKey, isTypeable, special } from './keys.ts'
import { findMotion, moveOf } from './motions.ts'
import { lineStart } from './text-places.ts'

const isBackspace = (key: string) => key === '\b' || key === '\x7f'
const moving: ReadonlySet<string> = new Set([
  special.up,
  special.down,
  special.left,
  special.right,
  special.home,
  special.end,
])

/** Types one key; escape leads back to the commands. */
export function typeKey(editor: Editor, key: string): void {
  const { text, cursor } = editor
  if (key === escapeKey || key === '\x03') {
    editor.mode = 'command'
    if (cursor > lineStart(text, cursor)) editor.cursor = cursor - 1
  } else if (moving.has(key)) {
    const { column, top, rows, marks } = editor
    const motion = findMotion(moveOf(key) ?? '', '', { text, cursor, count: undefined, column, top, rows, marks })
    if (motion) editor.cursor = motion.to
    editor.column = motion?.column
  } else if (isBackspace(key)) {
    if (cursor === lineStart(text, cursor)) return
    if (editor.mode === 'insert') splice(editor, cursor - 1, cursor, '')
    editor.cursor = cursor - 1
  } else if (key === special.delete) {
    if (text[cursor] !== '\n') splice(editor, cursor, cursor + 1, '')
  } else if (key === '\r' || key === '\n') {
    splice(editor, cursor, cursor, '\n')
    editor.cursor = cursor + 1
  } else if (isTypeable(key)) {
    const overwrites = editor.mode === 'replace' && text[cursor] !== '\n'
    splice(editor, cursor, overwrites ? cursor + 1 : cursor, key)
    editor.cursor = cursor + key.length
  }
}

// The operators: d, c, y, < and > on what a motion passes, or on whole lines.
import { type Editor, remember, splice, yank } from './editor.ts'
import type { Motion } from './motions.ts'
import { firstWord, lineEnd, lineStart } from './text-places.ts'

interface Span {
  from: number
  to: number
  lines: boolean
}

/** What an operator takes between the cursor and where the motion leads. */
export function spanOf({ text, cursor }: Editor, motion: Motion, operator: string, moveName: string): Span {
  const [first, last] = [Math.min(cursor, motion.to), Math.max(cursor, motion.to)]
  if (motion.lines)
    return { from: lineStart(text, first), to: Math.min(text.length, lineEnd(text, last) + 1), lines: true }
  let to = motion.inclusive ? last + 1 : last
  if (/^w$/i.test(moveName)) {
    const passed = text.slice(first, to)
    // A word at the end of its line ends there; `cw` leaves the blanks behind a word alone.
    const kept = operator === 'c' && !/^\s/.test(passed) ? passed.trimEnd() : passed.replace(/\n\s*$/, '')
    to = first + Math.max(kept.length, 1)
  }
  return { from: first, to: Math.min(to, text.length - 1), lines: false }
}

/** As many lines as this, from the cursor's. */
export function linesFrom({ text, cursor }: Editor, count: number): Span {
  const from = lineStart(text, cursor)
  let to = from
  for (let line = 0; line < count && to < text.length; line += 1) to = lineEnd(text, to) + 1
  return { from, to: Math.min(to, text.length), lines: true }
}

/** Applies an operator; afterwards `c` types. */
export function operate(editor: Editor, operator: string, { from, to, lines }: Span, register: string): void {
  const piece = { text: editor.text.slice(from, to), lines }
  if (operator === 'y') {
    yank(editor, register, piece, 'Yank')
    return
  }
  remember(editor)
  if (operator === '<' || operator === '>') {
    shift(editor, from, to, operator)
    return
  }
  yank(editor, register, piece, operator === 'd' ? 'Delete' : undefined)
  if (operator === 'c') {
    splice(editor, from, lines ? to - 1 : to, '')
    editor.cursor = from
    editor.mode = 'insert'
    return
  }
  splice(editor, from, to, '')
  editor.cursor = Math.min(from, editor.text.length - 1)
  if (lines) editor.cursor = firstWord(editor.text, editor.cursor)
}

function shift(editor: Editor, from: number, to: number, operator: string): void {
  const change = (line: string) =>
    operator === '>' ? (line === '' ? line : `\t${line}`) : line.replace(/^(?:\t| {1,8})/, '')
  const lines = editor.text.slice(from, to).replace(/\n$/, '').split('\n').map(change)
  splice(editor, from, to, `${lines.join('\n')}\n`)
  editor.cursor = firstWord(editor.text, from)
}

// Which line an address before a colon's command means.
import { complain, type Editor } from './editor.ts'
import { countLines, lineEnd, lineNumber } from './text-places.ts'

/** Reads one address: a number, `.`, `$`, a mark, a pattern, with `+N` or `-N` behind. Lines count from 1. */
export function readAddress(editor: Editor, source: string): { line: number | undefined; rest: string } | undefined {
  const current = lineNumber(editor.text, editor.cursor) + 1
  const match = /^\s*(\d+|\.|\$|'[a-z]|\/[^/]*\/?)?((?:[+-]\d*)*)/.exec(source)
  const [whole = '', base, offsets = ''] = match ?? []
  if (base === undefined && offsets === '') return { line: undefined, rest: source }
  let line = current
  if (base === '$') line = countLines(editor.text)
  else if (base?.startsWith("'")) {
    const mark = editor.marks.get(base[1] ?? '')
    if (mark === undefined) return void complain(editor, `Mark not set`)
    line = lineNumber(editor.text, Math.min(mark, editor.text.length)) + 1
  } else if (base?.startsWith('/')) {
    const found = editor.text.indexOf(base.replace(/^\/|\/$/g, ''), lineEnd(editor.text, editor.cursor))
    if (found === -1) return void complain(editor, 'Pattern not found')
    line = lineNumber(editor.text, found) + 1
  } else if (base !== undefined && base !== '.') line = Number(base)
  for (const [, sign, digits] of offsets.matchAll(/([+-])(\d*)/g))
    line += (sign === '-' ? -1 : 1) * Number(digits === '' ? 1 : digits)
  return { line, rest: source.slice(whole.length) }
}

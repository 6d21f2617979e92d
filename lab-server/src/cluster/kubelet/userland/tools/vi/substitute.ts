// `:s`: replaces plain text, as BusyBox is built to do it.
import { goToLine } from './commands.ts'
import { complain, type Editor, remember, say } from './editor.ts'

/** `s/find/replace/gi` on each line, by plain text. */
export function substitute(editor: Editor, [first, last]: [number, number], source: string): undefined {
  const delimiter = source[0] ?? '/'
  const [, find = '', replacement = '', flags = ''] = source.split(delimiter)
  const pattern = find || editor.search.pattern
  if (pattern === '') return complain(editor, 'No previous search')
  editor.search = { pattern, backward: false }
  const expression = new RegExp(
    pattern.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'),
    `${flags.includes('i') ? 'i' : ''}${flags.includes('g') ? 'g' : ''}`,
  )
  let count = 0
  let changed = 0
  let lastLine = 0
  const lines = editor.text.split('\n').map((line, index) => {
    if (index + 1 < first || index + 1 > last) return line
    let found = 0
    const result = line.replace(expression, () => {
      found += 1
      return replacement
    })
    count += found
    if (found > 0) {
      changed += 1
      lastLine = index + 1
    }
    return result
  })
  if (count === 0) return complain(editor, 'No match')
  remember(editor)
  editor.text = lines.join('\n')
  goToLine(editor, lastLine)
  if (count > 1) say(editor, `${count} substitutions on ${changed} lines`)
}

// Searching: plain text, as BusyBox is built to do it.
import { complain, type Editor } from './editor.ts'

/** Starts a search with what was typed after `/` or `?`; nothing typed means the last pattern. */
export function startSearch(editor: Editor, prompt: string): number | undefined {
  const backward = prompt.startsWith('?')
  const pattern = prompt.slice(1) || editor.search.pattern
  editor.search = { pattern, backward }
  return searchAgain(editor, false)
}

/** `n` and `N`: the next place, past the end on from the start. */
export function searchAgain(editor: Editor, turned: boolean): number | undefined {
  const { text, cursor } = editor
  const { pattern } = editor.search
  if (pattern === '') return void complain(editor, 'No previous search')
  const backward = editor.search.backward !== turned
  const found = backward
    ? cursor === 0
      ? -1
      : text.lastIndexOf(pattern, cursor - 1)
    : text.indexOf(pattern, cursor + 1)
  if (found !== -1) return found
  const wrapped = backward ? text.lastIndexOf(pattern) : text.indexOf(pattern)
  if (wrapped === -1) return void complain(editor, 'Pattern not found')
  const [end, start] = backward ? ['TOP', 'BOTTOM'] : ['BOTTOM', 'TOP']
  complain(editor, `search hit ${end}, continuing at ${start}`)
  return wrapped
}

// One key after the other: which mode gets it, and what `.` will repeat.

import type { Wish } from './actions.ts'
import { type ColonWish, runColon } from './colon.ts'
import { changes, notImplemented, readCommand, runCommand } from './commands.ts'
import { type Editor, isModified, settleCursor } from './editor.ts'
import { escapeKey, isTypeable, special } from './keys.ts'
import { followCursor } from './scroll.ts'
import { startSearch } from './search.ts'
import { typeKey } from './typing.ts'

const vertical: ReadonlySet<string> = new Set([...'jk\n\x0e\x10', special.up, special.down])

/** Takes one key; answers what is to be done outside of the text. */
export function press(editor: Editor, key: string): ColonWish | undefined {
  const wish = take(editor, key)
  settleCursor(editor)
  // A change that changed nothing is none that `u` takes back.
  if (editor.mode === 'command') while (editor.past.at(-1)?.text === editor.text) editor.past.pop()
  followCursor(editor)
  return wish
}

function take(editor: Editor, key: string): ColonWish | undefined {
  editor.message = undefined
  switch (editor.mode) {
    case 'insert':
    case 'replace':
      if (editor.typed !== undefined) editor.typed += key
      typeKey(editor, key)
      if ((editor.mode as string) === 'command') endChange(editor)
      return undefined
    case 'colon':
    case 'search':
      return edit(editor, key)
    case 'command':
      return command(editor, key)
  }
}

function endChange(editor: Editor): void {
  if (editor.typed !== undefined) editor.lastChange = editor.typed
  editor.typed = undefined
}

function command(editor: Editor, key: string): ColonWish | undefined {
  if (key === escapeKey && editor.pending !== '') {
    editor.pending = ''
    return undefined
  }
  editor.pending += key
  const keys = editor.pending
  const read = readCommand(keys)
  if (read === 'more') return undefined
  editor.pending = ''
  if (!read) return void notImplemented(editor, keys)

  const { column } = editor
  editor.column = undefined
  // Only moves up and down keep aiming for the column.
  if (read.operator === '' && vertical.has(keys.at(-1) ?? '')) editor.column = column
  const wish = runCommand(editor, read)
  if (wish === false) return void notImplemented(editor, keys)
  if (wish?.kind === 'repeat') return repeat(editor, wish.keys)
  if (changes.has(read.operator || read.name) && read.operator !== 'y') {
    editor.typed = keys
    if (editor.mode === 'command') endChange(editor)
  }
  return fulfil(editor, wish)
}

function fulfil(editor: Editor, wish: Exclude<Wish, { kind: 'repeat' }> | undefined): ColonWish | undefined {
  if (!wish) return undefined
  if (wish.kind === 'quit' || !isModified(editor)) return { kind: 'quit' }
  return runColon(editor, 'x')
}

/** Presses the keys of the last change again, without noting them once more. */
function repeat(editor: Editor, keys: string): undefined {
  const { lastChange } = editor
  for (const key of keys) {
    press(editor, key)
    // What is pressed now is no new change.
    if (editor.mode === 'command') editor.typed = undefined
  }
  editor.lastChange = lastChange
}

function edit(editor: Editor, key: string): ColonWish | undefined {
  const { mode, prompt } = editor
  if (key === '\r' || key === '\n') {
    editor.mode = 'command'
    editor.prompt = ''
    if (mode === 'colon') return runColon(editor, prompt.slice(1))
    const found = startSearch(editor, prompt)
    if (found !== undefined) editor.cursor = found
    return undefined
  }
  const isErase = key === '\b' || key === '\x7f'
  if (isErase) editor.prompt = [...prompt].slice(0, -1).join('')
  else if (isTypeable(key)) editor.prompt += key
  if (editor.prompt === '' || key === escapeKey || key === '\x03') {
    editor.mode = 'command'
    editor.prompt = ''
  }
  return undefined
}

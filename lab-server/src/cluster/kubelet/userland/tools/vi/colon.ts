// The commands after a colon.
import { readAddress } from './address.ts'
import { goToLine } from './commands.ts'
import { complain, type Editor, isModified, remember, say, splice, yank } from './editor.ts'
import { substitute } from './substitute.ts'
import { countLines, firstWord, lineEnd, lineNumber, startOfLine } from './text-places.ts'

/** What the terminal's side of the editor has to do: files and shells are its business. */
export type ColonWish =
  | { kind: 'quit' }
  /** Without a path, the file that is edited. */
  | { kind: 'write'; path?: string; force: boolean; lines?: [first: number, last: number]; quits: boolean }
  | { kind: 'edit'; path?: string }
  | { kind: 'read'; path?: string; after: number }
  | { kind: 'shell'; command: string }

/** Runs a line that was typed after a colon; answers what is left to do outside. */
export function runColon(editor: Editor, source: string): ColonWish | undefined {
  const total = countLines(editor.text)
  const current = lineNumber(editor.text, editor.cursor) + 1
  let rest = source.trim()
  let first: number | undefined
  let last: number | undefined
  if (rest.startsWith('%')) {
    ;[first, last, rest] = [1, total, rest.slice(1)]
  } else {
    const one = readAddress(editor, rest)
    if (!one) return undefined
    ;[first, last, rest] = [one.line, one.line, one.rest]
    if (rest.startsWith(',')) {
      const two = readAddress(editor, rest.slice(1))
      if (!two) return undefined
      ;[last, rest] = [two.line ?? current, two.rest]
      first ??= current
    }
  }
  if ((first ?? 1) < 1 || (last ?? 1) > total || (first ?? 1) > (last ?? total))
    return void complain(editor, 'Invalid range')
  const [, name = '', bang = '', args = ''] = /^\s*([a-zA-Z]+|=|!|)(!?)\s*([\s\S]*)$/.exec(rest) ?? []
  const lines: [number, number] = [first ?? current, last ?? current]
  if (name === '' && first !== undefined && last !== undefined) return void goToLine(editor, last)
  if (name === 's' || /^s[^a-zA-Z]/.test(rest.trim())) return substitute(editor, lines, rest.trim().slice(1))
  const known = commands.find(([names]) => names.split(' ').includes(name))
  if (!known) return name === '' ? undefined : void complain(editor, `'${name}' is not implemented`)
  return known[1](editor, { name, force: bang === '!', args: args.trim(), lines, hasRange: first !== undefined })
}

interface Line {
  name: string
  force: boolean
  args: string
  lines: [number, number]
  hasRange: boolean
}

function quit(editor: Editor, { name, force }: Line): ColonWish | undefined {
  if (force || !isModified(editor)) return { kind: 'quit' }
  return void complain(editor, `No write since last change (:${name}! overrides)`)
}

function write(editor: Editor, { name, force, args, lines, hasRange }: Line): ColonWish | undefined {
  const quits = name !== 'w' && name !== 'write'
  if (name === 'x' && !isModified(editor)) return { kind: 'quit' }
  const path = args === '' ? editor.fileName : args
  if (path === undefined) return void complain(editor, 'No current filename')
  if (editor.isReadOnly && !force && path === editor.fileName) return void complain(editor, `'${path}' is read only`)
  return { kind: 'write', force, quits, ...(args === '' ? {} : { path: args }), ...(hasRange ? { lines } : {}) }
}

function edit(editor: Editor, { name, force, args }: Line): ColonWish | undefined {
  if (!force && isModified(editor)) return void complain(editor, `No write since last change (:${name}! overrides)`)
  if (args === '' && editor.fileName === undefined) return void complain(editor, 'No current filename')
  return { kind: 'edit', ...(args === '' ? {} : { path: args }) }
}

function takeLines(editor: Editor, { lines: [first, last] }: Line, removes: boolean): undefined {
  const from = startOfLine(editor.text, first - 1)
  const to = lineEnd(editor.text, startOfLine(editor.text, last - 1)) + 1
  const piece = { text: editor.text.slice(from, to), lines: true }
  yank(editor, 'D', piece)
  if (!removes) return say(editor, `Yank ${countLines(piece.text)} lines (${piece.text.length} chars) into [D]`)
  remember(editor)
  splice(editor, from, to, '')
  editor.cursor = firstWord(editor.text, Math.min(from, editor.text.length - 1))
}

const shownOptions = 'noautoindent noexpandtab noflash noignorecase noshowmatch tabstop=8'
const options = /^(?:no)?(?:autoindent|ai|expandtab|et|flash|fl|ignorecase|ic|showmatch|sm)$|^(?:tabstop|ts)=\d+$/

function set(editor: Editor, { args }: Line): undefined {
  if (args === '' || args === 'all') return say(editor, shownOptions)
  const bad = args.split(/\s+/).find((word) => !options.test(word))
  if (bad !== undefined) complain(editor, `bad option: ${bad}`)
}

const commands: [names: string, run: (editor: Editor, line: Line) => ColonWish | undefined][] = [
  ['q quit', quit],
  ['w write wq wn x', write],
  ['e edit', edit],
  [
    'r read',
    (editor, { args, lines, hasRange }) => ({
      kind: 'read',
      after: hasRange ? lines[1] : lineNumber(editor.text, editor.cursor) + 1,
      ...(args === '' ? {} : { path: args }),
    }),
  ],
  ['d delete', (editor, line) => takeLines(editor, line, true)],
  ['y yank', (editor, line) => takeLines(editor, line, false)],
  ['set se', set],
  ['f file', (editor, { args }) => void Object.assign(editor, args === '' ? {} : { fileName: args })],
  ['=', (editor, { lines }) => void say(editor, String(lines[1]))],
  ['!', (_, { args }) => ({ kind: 'shell', command: args })],
]

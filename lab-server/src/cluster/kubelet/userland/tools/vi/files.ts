// The files that the editor reads and writes.
import { posix } from 'node:path'
import type { Task } from '../../task.ts'
import { explain } from '../explain.ts'
import type { ColonWish } from './colon.ts'
import { complain, type Editor, makeEditor, remember, say, splice } from './editor.ts'
import { countLines, lineEnd, startOfLine } from './text-places.ts'

/** Opens a file, or an empty text for one that is not there yet. */
export async function openEditor(
  task: Task,
  size: { rows: number; columns: number },
  name: string | undefined,
): Promise<{ editor: Editor; isNew: boolean }> {
  const { fs } = task.system
  const path = posix.resolve(task.cwd, name ?? '')
  const text = name === undefined ? undefined : await readText(task, name).catch(() => undefined)
  const editor = makeEditor(text ?? '', size, name)
  editor.isReadOnly = text !== undefined && !fs.isWritable(path)
  return { editor, isNew: text === undefined }
}

async function readText(task: Task, name: string): Promise<string> {
  const path = posix.resolve(task.cwd, name)
  return ((await task.system.fs.readFileBuffer(path)) as Buffer).toString()
}

/** `'file' 12L, 146C` */
export const describeFile = (name: string, text: string, note = '') =>
  `'${name}'${note} ${countLines(text)}L, ${Buffer.byteLength(text)}C`

/** Writes the text, or some lines of it; answers whether that went well. */
export async function writeOut(
  task: Task,
  editor: Editor,
  { path, force, lines }: Extract<ColonWish, { kind: 'write' }>,
): Promise<boolean> {
  const name = path ?? editor.fileName ?? ''
  const target = posix.resolve(task.cwd, name)
  const { fs } = task.system
  if (path !== undefined && path !== editor.fileName && !force && (await fs.exists(target))) {
    complain(editor, `'${name}' exists (:w! overrides)`)
    return false
  }
  const from = startOfLine(editor.text, (lines?.[0] ?? 1) - 1)
  const to = lines ? lineEnd(editor.text, startOfLine(editor.text, lines[1] - 1)) + 1 : editor.text.length
  const text = editor.text.slice(from, to)
  try {
    await fs.writeFile(target, text)
  } catch (error) {
    complain(editor, `'${name}' ${explain(error)}`)
    return false
  }
  editor.fileName ??= name
  if (!lines && name === editor.fileName) editor.savedText = editor.text
  say(editor, describeFile(name, text))
  return true
}

/** Puts a file behind a line. */
export async function readInto(task: Task, editor: Editor, name: string | undefined, after: number): Promise<void> {
  if (name === undefined) return complain(editor, 'No current filename')
  try {
    const text = await readText(task, name)
    remember(editor)
    const at = after === 0 ? 0 : lineEnd(editor.text, startOfLine(editor.text, after - 1)) + 1
    splice(editor, at, at, text === '' || text.endsWith('\n') ? text : `${text}\n`)
    editor.cursor = Math.min(at, editor.text.length - 1)
    say(editor, describeFile(name, text))
  } catch (error) {
    complain(editor, `'${name}' ${explain(error)}`)
  }
}

// vi: the editor on its terminal, with the files it reads and writes.
import { type Task, type Tool, ToolFailure } from '../../task.ts'
import type { Terminal } from '../../tty/terminal.ts'
import { editingModes, freshModes } from '../../tty/terminal-modes.ts'
import { parseOptions } from '../options.ts'
import type { ColonWish } from './colon.ts'
import { type Editor, say } from './editor.ts'
import { describeFile, openEditor, readInto, writeOut } from './files.ts'
import { readKeys } from './keys.ts'
import { press } from './press.ts'
import { draw, type Picture, paint } from './screen.ts'

/** `vi [-R] [-c CMD] [FILE]` */
export const vi: Tool = async (task) => {
  const argv = task.argv.filter((arg, index) => index === 0 || !/^\+\d+$/.test(arg))
  const { has, values, operands } = parseOptions(argv, 'c:RH')
  const { terminal } = task.system
  if (!terminal || !task.stdin.isTerminal) throw new ToolFailure("vi: can't tcgetattr for stdin: Not a tty")
  const { editor } = await openEditor(task, spaceOf(terminal), operands[0])
  if (has.has('R')) editor.isReadOnly = true
  const jump = task.argv.find((arg) => /^\+\d+$/.test(arg))?.slice(1)
  const commands = [...(jump === undefined ? [] : [jump]), ...values('c')]
  return onTerminal(terminal, async (show, read) => {
    for (const command of commands)
      for (const key of `:${command}\r`) if (await fulfil(task, terminal, editor, press(editor, key))) return 0
    for (;;) {
      await show(editor)
      const keys = await read()
      if (keys === undefined) return 1
      for (const [index, key] of keys.entries()) {
        const wish = press(editor, key)
        if (!wish) continue
        await show(editor)
        if (!(await fulfil(task, terminal, editor, wish))) continue
        await show(editor)
        // What was typed ahead is for the shell.
        task.stdin.unread(Buffer.from(keys.slice(index + 1).join('')))
        return 0
      }
    }
  })
}

const spaceOf = (terminal: Terminal) => ({
  rows: Math.max(1, terminal.size().rows - 1),
  columns: terminal.size().columns,
})

/** Gives the editor the whole screen and every key, and the shell its screen back. */
async function onTerminal(
  terminal: Terminal,
  work: (show: (editor: Editor) => Promise<void>, read: () => Promise<string[] | undefined>) => Promise<number>,
): Promise<number> {
  const decoder = new TextDecoder()
  let picture: Picture | undefined
  let shown: Editor | undefined
  const show = async (editor: Editor) => {
    shown = editor
    const next = draw(editor)
    await terminal.writeRaw(paint(picture, next))
    picture = next
  }
  const repaint = () => {
    picture = undefined
    if (!shown) return
    Object.assign(shown, spaceOf(terminal))
    void show(shown).catch(() => {})
  }
  const stops = [terminal.onResize(repaint), terminal.onRedraw(repaint)]
  const modes = terminal.modes()
  terminal.setModes(editingModes(modes))
  await terminal.writeRaw('\x1b[?1049h')
  try {
    return await work(show, async () => {
      const chunk = await terminal.reader.read()
      if (!chunk) return undefined
      const keys = readKeys(decoder.decode(chunk, { stream: true }))
      if (keys.some((key) => key === '\x0c' || key === '\x12')) picture = undefined
      return keys
    })
  } finally {
    terminal.setModes(modes)
    for (const stop of stops) stop()
    await terminal.writeRaw(`\x1b[${terminal.size().rows};1H\x1b[K\x1b[?1049l`)
  }
}

/** Does what a command wants of the outside; true when the editor ends. */
async function fulfil(task: Task, terminal: Terminal, editor: Editor, wish: ColonWish | undefined): Promise<boolean> {
  switch (wish?.kind) {
    case 'quit':
      return true
    case 'write':
      return (await writeOut(task, editor, wish)) && wish.quits
    case 'edit': {
      const name = wish.path ?? editor.fileName
      const { editor: next, isNew } = await openEditor(task, spaceOf(terminal), name)
      Object.assign(editor, { ...next, registers: editor.registers, search: editor.search })
      const note = `${isNew ? ' [New file]' : ''}${editor.isReadOnly ? ' [Readonly]' : ''}`
      say(editor, describeFile(name ?? '', editor.text, note))
      return false
    }
    case 'read':
      await readInto(task, editor, wish.path ?? editor.fileName, wish.after)
      return false
    case 'shell':
      await runShell(task, terminal, wish.command)
      return false
    case undefined:
      return false
  }
}

/** Runs a command on the screen below, and waits for a key to go on. */
async function runShell(task: Task, terminal: Terminal, command: string): Promise<void> {
  const modes = terminal.modes()
  terminal.setModes(freshModes)
  await terminal.writeRaw(`\x1b[${terminal.size().rows};1H\x1b[K`)
  await task.run(['sh', '-c', command])
  await terminal.writeRaw('\x1b[7m[Hit return to continue]\x1b[m')
  terminal.setModes(modes)
  await terminal.reader.read()
  await terminal.writeRaw('\x1b[H\x1b[J')
}

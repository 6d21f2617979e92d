import { readLine } from '../byte-stream.ts'
import type { Shell } from '../shell/shell.ts'
import { columns } from '../tools/ls.ts'
import { commonStart, findCompletions } from './complete.ts'
import { type EditedLine, emptyLine, nextLine, replaceRange, splitKeys } from './edit-line.ts'
import type { Terminal } from './terminal.ts'
import { editingModes, hasMode } from './terminal-modes.ts'

/** What came of editing a line. */
export type LineResult = { kind: 'line'; text: string } | { kind: 'interrupt' } | { kind: 'end' }

/** Edits one line on the terminal, with history and completion. */
export async function editLine(
  shell: Shell,
  terminal: Terminal,
  prompt: string,
  history: readonly string[],
): Promise<LineResult> {
  let line = emptyLine(history.length)
  let drawnRows = 0
  const draw = async () => {
    const { columns: width } = terminal.size()
    const total = prompt.length + line.text.length
    const at = prompt.length + line.cursor
    const up = drawnRows > 0 ? `\x1b[${drawnRows}A` : ''
    // A line that ends at the edge leaves the cursor there: one blank takes it to the next row.
    const edge = total > 0 && total % width === 0 ? ' \r' : ''
    const endRow = Math.floor(total / width)
    const row = Math.floor(at / width)
    const back = endRow > row ? `\x1b[${endRow - row}A` : ''
    const column = at % width
    await terminal.writeRaw(`${up}\r\x1b[J${prompt}${line.text}${edge}${back}\r${column > 0 ? `\x1b[${column}C` : ''}`)
    drawnRows = row
  }
  const change = async (next: EditedLine) => {
    const isAppend =
      next.cursor === next.text.length && next.text.startsWith(line.text) && line.cursor === line.text.length
    const added = next.text.slice(line.text.length)
    const fits =
      (prompt.length + line.text.length) % terminal.size().columns !== 0 &&
      prompt.length + next.text.length < terminal.size().columns
    line = next
    // Typing at the end of a short line, as people do: the character alone says it all.
    if (isAppend && fits) await terminal.writeRaw(added)
    else await draw()
  }

  await terminal.writeRaw(prompt)
  const modes = terminal.modes()
  // After `stty -echo` BusyBox's shell does not edit: the line comes as the terminal gives it.
  if (hasMode(modes, 'icanon') && !hasMode(modes, 'echo')) return plainLine(terminal)
  terminal.setModes(editingModes(modes))
  const stops = [terminal.onRedraw(() => void draw()), terminal.onResize(() => void draw())]
  const decoder = new TextDecoder()
  try {
    for (;;) {
      const chunk = await terminal.reader.read()
      if (!chunk) return { kind: 'end' }
      const keys = splitKeys(decoder.decode(chunk, { stream: true }))
      for (const [index, key] of keys.entries()) {
        const { line: next, action } = nextLine(line, key, history)
        if (action === 'enter' || action === 'interrupt' || action === 'end-of-file') {
          terminal.reader.unread(Buffer.from(keys.slice(index + 1).join('')))
          if (action === 'end-of-file') return { kind: 'end' }
          await terminal.writeRaw(action === 'enter' ? '\r\n' : '^C\r\n')
          return action === 'enter' ? { kind: 'line', text: line.text } : { kind: 'interrupt' }
        }
        if (action === 'complete') await change(await complete(shell, terminal, line, draw))
        else if (action === 'clear-screen') {
          await terminal.writeRaw('\x1b[H\x1b[J')
          drawnRows = 0
          await draw()
        } else if (next !== line) await change(next)
      }
    }
  } finally {
    for (const stop of stops) stop()
    terminal.setModes(modes)
  }
}

/** Reads a line that is neither edited nor shown. */
async function plainLine(terminal: Terminal): Promise<LineResult> {
  const controller = new AbortController()
  terminal.setForeground(() => controller.abort())
  try {
    const reader = { ...terminal.reader, read: () => terminal.reader.read(controller.signal) }
    const line = await Promise.race([readLine(reader), whenAborted(controller.signal)])
    return line === undefined || (line.ended && line.text === '') ? { kind: 'end' } : { kind: 'line', text: line.text }
  } catch {
    return { kind: 'interrupt' }
  } finally {
    terminal.setForeground(undefined)
  }
}

const whenAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true })
  })

async function complete(
  shell: Shell,
  terminal: Terminal,
  line: EditedLine,
  draw: () => Promise<void>,
): Promise<EditedLine> {
  const { from, candidates } = await findCompletions(shell, line.text, line.cursor)
  const [only] = candidates
  if (only === undefined) return line
  if (candidates.length === 1) return replaceRange(line, from, line.cursor, only.endsWith('/') ? only : `${only} `)
  const common = commonStart(candidates)
  if (common.length > line.cursor - from) return replaceRange(line, from, line.cursor, common)
  const shown = candidates.map((one) => one.replace(/^.*\/(?=.)/, ''))
  await terminal.writeRaw(`\r\n${columns(shown, terminal.size().columns).replaceAll('\n', '\r\n')}`)
  await draw()
  return line
}

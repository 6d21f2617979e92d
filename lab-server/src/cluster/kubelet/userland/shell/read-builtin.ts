import { type ByteReader, readLine } from '../byte-stream.ts'
import { Killed, untilKilled } from '../task.ts'
import { withModes } from '../tty/terminal-modes.ts'
import type { Builtin } from './builtin.ts'
import { type Shell, stderrOf, stdinOf } from './shell.ts'
import { assign, lookUp } from './state.ts'

/** Reads a line from standard input into variables. */
export const read: Builtin = async (shell, argv) => {
  const { state } = shell
  const args = argv.slice(1)
  let isRaw = false
  let isSilent = false
  let timeoutMs: number | undefined
  let count: number | undefined
  while (args[0]?.startsWith('-') && args[0].length > 1) {
    const arg = args.shift() ?? ''
    if (arg.includes('r')) isRaw = true
    if (arg.includes('s')) isSilent = true
    if (arg.endsWith('p')) await stderrOf(shell).write(args.shift() ?? '')
    else if (arg.endsWith('t')) timeoutMs = Number(args.shift() ?? 0) * 1000
    else if (arg.endsWith('n')) count = Number(args.shift() ?? 0)
  }
  const names = args.length > 0 ? args : ['REPLY']
  const timeout =
    timeoutMs === undefined ? shell.signal : AbortSignal.any([shell.signal, AbortSignal.timeout(timeoutMs)])
  const restore = setTerminal(shell, isSilent, count !== undefined)
  const line = await untilKilled(timeout, readText(shell, isRaw, count, timeout))
    .catch((error: unknown) => {
      if (error instanceof Killed && !shell.signal.aborted) return undefined
      throw error
    })
    .finally(restore)
  const words = splitFields(line?.text ?? '', names.length, lookUp(state, 'IFS') ?? ' \t\n', args.length === 0)
  for (const [index, name] of names.entries()) assign(state, name, words[index] ?? '')
  return line === undefined || line.ended ? 1 : 0
}

/** `-s` shows nothing of what is typed, `-n` does not wait for a line; returns how to undo that. */
function setTerminal(shell: Shell, isSilent: boolean, byCharacter: boolean): () => void {
  const { terminal } = shell.system
  if (!terminal || !stdinOf(shell).isTerminal || !(isSilent || byCharacter)) return () => {}
  const modes = terminal.modes()
  terminal.setModes(
    withModes(modes, {
      ...(isSilent ? { echo: false, echonl: false } : {}),
      ...(byCharacter ? { icanon: false } : {}),
    }),
  )
  return () => terminal.setModes(modes)
}

async function readText(shell: Shell, isRaw: boolean, count: number | undefined, signal: AbortSignal) {
  const input = stdinOf(shell)
  if (count !== undefined) {
    return readCharacters(input, count, signal)
  }
  const guarded = { ...input, read: () => input.read(signal) }
  let line = await readLine(guarded)
  while (line && !isRaw && line.text.endsWith('\\') && !line.ended) {
    const more = await readLine(guarded)
    line = { text: line.text.slice(0, -1) + (more?.text ?? ''), ended: more?.ended ?? true }
  }
  return line && !isRaw ? { ...line, text: line.text.replaceAll(/\\(.)/g, '$1') } : line
}

/** As many bytes as `-n` asks for, or up to the end of the line. */
async function readCharacters(input: ByteReader, count: number, signal: AbortSignal) {
  let text = ''
  while (text.length < count) {
    const chunk = await input.read(signal)
    if (!chunk) return text === '' ? undefined : { text: decode(text), ended: true }
    const newline = chunk.indexOf(10)
    const wanted = Math.min(count - text.length, newline === -1 ? chunk.length : newline)
    text += chunk.subarray(0, wanted).toString('latin1')
    const isLineEnd = wanted === newline && text.length < count
    input.unread(chunk.subarray(wanted + Number(isLineEnd)))
    if (isLineEnd) break
  }
  return { text: decode(text), ended: false }
}

const decode = (bytes: string) => Buffer.from(bytes, 'latin1').toString()

/** Splits a line for `read`: the last name takes what is left. */
function splitFields(text: string, count: number, separators: string, whole: boolean): string[] {
  if (whole) return [text]
  const isSeparator = (char: string | undefined) => char !== undefined && separators.includes(char)
  const trimStart = (value: string) => {
    let index = 0
    while (isSeparator(value[index]) && ' \t\n'.includes(value[index] ?? '')) index += 1
    return value.slice(index)
  }
  const trimEnd = (value: string) => {
    let index = value.length
    while (isSeparator(value[index - 1]) && ' \t\n'.includes(value[index - 1] ?? '')) index -= 1
    return value.slice(0, index)
  }
  let rest = trimEnd(trimStart(text))
  const words: string[] = []
  while (words.length < count - 1 && rest !== '') {
    let end = 0
    while (end < rest.length && !isSeparator(rest[end])) end += 1
    words.push(rest.slice(0, end))
    rest = trimStart(rest.slice(end + (' \t\n'.includes(rest[end] ?? ' ') ? 0 : 1)))
  }
  return [...words, rest]
}

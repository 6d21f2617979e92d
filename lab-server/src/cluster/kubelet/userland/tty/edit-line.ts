// What a key does to a line that is being edited. Pure: the terminal draws what comes out.

/** A line, the cursor in it, and where in the history it came from. */
export interface EditedLine {
  text: string
  cursor: number
  /** Index into the history; its length means the line being typed. */
  historyIndex: number
  /** The line that was typed before the history was walked. */
  draft: string
}

export type EditAction = 'enter' | 'interrupt' | 'end-of-file' | 'complete' | 'clear-screen' | 'bell'

/** A fresh, empty line. */
export const emptyLine = (historyLength: number): EditedLine => ({
  text: '',
  cursor: 0,
  historyIndex: historyLength,
  draft: '',
})

const isWord = (char: string | undefined) => char !== undefined && /\S/.test(char)

function wordStart({ text, cursor }: EditedLine): number {
  let index = cursor
  while (index > 0 && !isWord(text[index - 1])) index -= 1
  while (index > 0 && isWord(text[index - 1])) index -= 1
  return index
}

function wordEnd({ text, cursor }: EditedLine): number {
  let index = cursor
  while (index < text.length && !isWord(text[index])) index += 1
  while (index < text.length && isWord(text[index])) index += 1
  return index
}

/** Replaces what is between two places, and puts the cursor behind it. */
export function replaceRange(line: EditedLine, from: number, to: number, by: string): EditedLine {
  return { ...line, text: line.text.slice(0, from) + by + line.text.slice(to), cursor: from + by.length }
}

function walkHistory(line: EditedLine, history: readonly string[], step: number): EditedLine {
  const historyIndex = Math.max(0, Math.min(history.length, line.historyIndex + step))
  if (historyIndex === line.historyIndex) return line
  const draft = line.historyIndex === history.length ? line.text : line.draft
  const text = historyIndex === history.length ? draft : (history[historyIndex] ?? '')
  return { text, cursor: text.length, historyIndex, draft }
}

/** Applies one key, as the terminal sends it, and says what else is to be done. */
export function nextLine(
  line: EditedLine,
  key: string,
  history: readonly string[],
): { line: EditedLine; action?: EditAction } {
  const { text, cursor } = line
  const move = (to: number) => ({ line: { ...line, cursor: Math.max(0, Math.min(text.length, to)) } })
  switch (key) {
    case '\r':
    case '\n':
      return { line, action: 'enter' }
    case '\x03':
      return { line, action: 'interrupt' }
    case '\x04':
      return text === ''
        ? { line, action: 'end-of-file' }
        : { line: { ...replaceRange(line, cursor, cursor + 1, ''), cursor } }
    case '\t':
      return { line, action: 'complete' }
    case '\x0c':
      return { line, action: 'clear-screen' }
    case '\x7f':
    case '\b':
      return cursor === 0 ? { line } : { line: replaceRange(line, cursor - 1, cursor, '') }
    case '\x1b[3~':
      return { line: { ...replaceRange(line, cursor, cursor + 1, ''), cursor } }
    case '\x15':
      return { line: replaceRange(line, 0, cursor, '') }
    case '\x0b':
      return { line: replaceRange(line, cursor, text.length, '') }
    case '\x17':
    case '\x1b\x7f':
      return { line: replaceRange(line, wordStart(line), cursor, '') }
    case '\x1bd':
      return { line: { ...replaceRange(line, cursor, wordEnd(line), ''), cursor } }
    case '\x01':
    case '\x1b[H':
    case '\x1bOH':
    case '\x1b[1~':
      return move(0)
    case '\x05':
    case '\x1b[F':
    case '\x1bOF':
    case '\x1b[4~':
      return move(text.length)
    case '\x02':
    case '\x1b[D':
    case '\x1bOD':
      return move(cursor - 1)
    case '\x06':
    case '\x1b[C':
    case '\x1bOC':
      return move(cursor + 1)
    case '\x1bb':
    case '\x1b[1;5D':
      return move(wordStart(line))
    case '\x1bf':
    case '\x1b[1;5C':
      return move(wordEnd(line))
    case '\x10':
    case '\x1b[A':
    case '\x1bOA':
      return { line: walkHistory(line, history, -1) }
    case '\x0e':
    case '\x1b[B':
    case '\x1bOB':
      return { line: walkHistory(line, history, 1) }
    default: {
      // Bracketed paste and keys without a meaning here.
      if (key.startsWith('\x1b') || key < ' ') return { line }
      return { line: replaceRange(line, cursor, cursor, key) }
    }
  }
}

/** Splits what the terminal sent into keys; an escape sequence is one. */
export function splitKeys(input: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the keys.
  return input.match(/\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|\x1b[\s\S]|[\s\S]/gu) ?? []
}

// Places in a text whose last line has its newline too. Pure.

export const lineStart = (text: string, at: number) => (at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1)

/** Where the newline of the line stands. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

/** Counted from 0. */
export const lineNumber = (text: string, at: number) => countLines(text.slice(0, at))

export const countLines = (text: string) => text.split('\n').length - 1

/** Where line `number` starts; the last one's start for what is too great. */
export function startOfLine(text: string, number: number): number {
  let at = 0
  for (let line = 0; line < number; line += 1) {
    const end = text.indexOf('\n', at)
    if (end === -1 || end + 1 >= text.length) return at
    at = end + 1
  }
  return at
}

export function firstWord(text: string, at: number): number {
  const start = lineStart(text, at)
  const end = lineEnd(text, at)
  const found = text.slice(start, end).search(/[^ \t]/)
  return found === -1 ? Math.max(start, end - 1) : start + found
}

/** A place on a character: a cursor does not stand on the newline of a line that has characters. */
export function onCharacter(text: string, at: number): number {
  const inside = Math.max(0, Math.min(at, text.length - 1))
  return text[inside] === '\n' && inside > lineStart(text, inside) ? inside - 1 : inside
}

const tabStop = 8

/** Columns that the characters before `count` take; control characters show as two. */
export function displayWidth(line: string, count = line.length): number {
  let column = 0
  for (const char of line.slice(0, count)) column += widthOf(char, column)
  return column
}

const widthOf = (char: string, column: number) =>
  char === '\t' ? tabStop - (column % tabStop) : char < ' ' || char === '\x7f' ? 2 : 1

/** The line as the screen shows it. */
export function displayed(line: string): string {
  let shown = ''
  for (const char of line) {
    if (char === '\t') shown += ' '.repeat(widthOf(char, shown.length))
    else if (char < ' ' || char === '\x7f') shown += `^${String.fromCharCode(char.charCodeAt(0) ^ 64)}`
    else shown += char
  }
  return shown
}

/** The place in the line of `at` that stands at a column. */
export function placeAtColumn(text: string, at: number, column: number): number {
  const start = lineStart(text, at)
  const line = text.slice(start, lineEnd(text, at))
  let index = 0
  while (index < line.length - 1 && displayWidth(line, index + 1) <= column) index += 1
  return start + index
}

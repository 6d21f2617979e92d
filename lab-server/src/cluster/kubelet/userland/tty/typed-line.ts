// The kernel's line discipline: what becomes of the keys that a person types, before a program reads them.
import { hasMode, type TerminalModes } from './terminal-modes.ts'

export interface TypedLineSetting {
  modes(): TerminalModes
  echo(text: string): void
  /** Hands text over to whoever reads. */
  give(text: string): void
  signal(name: string): void
  endOfFile(): void
}

export interface TypedLine {
  type(text: string): void
  /** Without lines, what was typed of one can be read now. */
  modesChanged(): void
  hangUp(): void
}

const signals: Record<string, string> = { intr: 'SIGINT', quit: 'SIGQUIT' }

/** Makes the discipline of one terminal. */
export function makeTypedLine({ modes, echo, give, signal, endOfFile }: TypedLineSetting): TypedLine {
  let line = ''
  const has = (name: string) => hasMode(modes(), name)
  const isChar = (name: string, code: number) => code !== 0 && modes().chars[name] === code
  const show = (text: string) => {
    if (has('echo')) echo(text)
  }
  const shown = (char: string, code: number) =>
    has('echoctl') && (code < 32 || code === 127) && code !== 9 && code !== 10
      ? `^${String.fromCharCode(code ^ 64)}`
      : char
  const takeLine = () => {
    const text = line
    line = ''
    return text
  }
  /** Wipes characters off the end of the line, on the screen too. */
  const wipeTo = (kept: string) => {
    const count = [...line].length - [...kept].length
    if (has('echoe')) show('\b \b'.repeat(count))
    line = kept
  }

  function mapped(char: string): string {
    if (char === '\r' && has('igncr')) return ''
    if (char === '\r' && has('icrnl')) return '\n'
    return char === '\n' && has('inlcr') ? '\r' : char
  }

  function raiseSignal(char: string, code: number): boolean {
    const name = has('isig') ? Object.keys(signals).find((one) => isChar(one, code)) : undefined
    if (name === undefined) return false
    if (has('echo')) echo(shown(char, code))
    echo('\r\n')
    line = ''
    signal(signals[name] ?? 'SIGINT')
    return true
  }

  function typeChar(typed: string): void {
    if (raiseSignal(typed, typed.codePointAt(0) ?? 0)) return
    const char = mapped(typed)
    const code = char.codePointAt(0) ?? 0
    if (char === '') return
    if (!has('icanon')) {
      show(shown(char, code))
      give(char)
      return
    }
    if (char === '\n' || isChar('eol', code)) {
      if (has('echo') || has('echonl')) echo(char)
      give(`${takeLine()}${char}`)
    } else if (isChar('eof', code)) {
      if (line === '') endOfFile()
      else give(takeLine())
    } else if (isChar('erase', code) || (code === 8 && isChar('erase', 127))) {
      if (line !== '') wipeTo([...line].slice(0, -1).join(''))
    } else if (isChar('kill', code)) wipeTo('')
    else if (isChar('werase', code)) wipeTo(line.replace(/\S*\s*$/, ''))
    else {
      line += char
      show(shown(char, code))
    }
  }

  return {
    type(text) {
      const passes = !['icanon', 'isig', 'echo', 'icrnl', 'inlcr', 'igncr'].some(has)
      if (passes) give(text)
      else for (const char of text) typeChar(char)
    },
    modesChanged() {
      if (line !== '' && !has('icanon')) give(takeLine())
    },
    hangUp: endOfFile,
  }
}

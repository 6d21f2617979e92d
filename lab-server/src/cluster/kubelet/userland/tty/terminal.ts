// An emulated terminal: echo, line editing in cooked mode, control keys that become signals, and `\r\n` on the way out.
import { type ByteReader, type ByteWriter, makePipe } from '../byte-stream.ts'
import type { TerminalSize } from '../protocol.ts'
import type { TerminalEvents } from '../system.ts'
import type { TerminalControl } from '../task.ts'

export interface Terminal extends TerminalControl {
  reader: ByteReader
  writer: ByteWriter
  /** Writes without translating newlines, for line editors. */
  writeRaw(text: string): Promise<void>
  /** Whom `^C` and its kin go to, when it is not the command itself. */
  setForeground(interrupt: ((signal: string) => void) | undefined): void
  onRedraw(listener: () => void): () => void
}

export interface TerminalSetting {
  input: ByteReader
  output: ByteWriter
  size?: TerminalSize
  events: TerminalEvents
  /** Sends a signal to the command that the terminal was opened for. */
  interrupt(signal: string): void
}

const signals: Record<number, { name: string; shown: string }> = {
  3: { name: 'SIGINT', shown: '^C' },
  28: { name: 'SIGQUIT', shown: '^\\' },
}

/** Less than this is no width of a terminal. */
const narrowest = 8

/** Opens a terminal over two byte streams. */
export function makeTerminal({ input, output, size: first, events, interrupt }: TerminalSetting): Terminal {
  let size = first ?? { columns: 80, rows: 24 }
  let isRaw = false
  let line = ''
  let pipe = makePipe()
  let foreground: ((signal: string) => void) | undefined
  const resized = new Set<() => void>()
  const redrawn = new Set<() => void>()
  let hungUp = false

  events.onResize = (next) => {
    // kubectl without a terminal of its own sends 0×0, and one more than that to make a shell repaint.
    if (next.columns < narrowest || next.rows <= 0) return
    if (next.columns === size.columns && next.rows === size.rows) return
    size = next
    for (const listener of resized) listener()
  }
  events.onRedraw = () => {
    for (const listener of redrawn) listener()
  }

  const translate = (data: Buffer | string) =>
    Buffer.from(Buffer.from(data).toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1')
  const echo = (text: string) => void output.write(text).catch(() => {})
  /** Ends the input for whoever reads now; the next reader gets a fresh one. */
  const endOfFile = () => {
    const { writer } = pipe
    pipe = makePipe()
    writer.close()
  }

  function type(char: string): void {
    const code = char.codePointAt(0) ?? 0
    const signal = signals[code]
    if (signal) {
      echo(`${signal.shown}\r\n`)
      line = ''
      ;(foreground ?? interrupt)(signal.name)
    } else if (char === '\r' || char === '\n') {
      echo('\r\n')
      const text = `${line}\n`
      line = ''
      void pipe.writer.write(text).catch(() => {})
    } else if (code === 4) {
      if (line === '') endOfFile()
      else void pipe.writer.write(line).catch(() => {})
      line = ''
    } else if (code === 127 || code === 8) {
      if (line !== '') echo('\b \b')
      line = [...line].slice(0, -1).join('')
    } else if (code === 21) {
      echo('\b \b'.repeat([...line].length))
      line = ''
    } else if (code === 23) {
      const kept = line.replace(/\S*\s*$/, '')
      echo('\b \b'.repeat([...line].length - [...kept].length))
      line = kept
    } else {
      line += char
      echo(code < 32 && code !== 9 ? `^${String.fromCharCode(code + 64)}` : char)
    }
  }

  const pump = async () => {
    const decoder = new TextDecoder()
    for (let chunk = await input.read(); chunk; chunk = await input.read()) {
      if (isRaw) void pipe.writer.write(chunk).catch(() => {})
      else for (const char of decoder.decode(chunk, { stream: true })) type(char)
    }
    hungUp = true
    endOfFile()
    interrupt('SIGHUP')
  }
  void pump()

  const reader: ByteReader = {
    isTerminal: true,
    read: (signal) => (hungUp ? Promise.resolve(undefined) : pipe.reader.read(signal)),
    unread: (bytes) => pipe.reader.unread(bytes),
    close() {},
  }
  return {
    reader,
    writer: { isTerminal: true, write: (data) => output.write(translate(data)), close() {} },
    writeRaw: (text) => output.write(text),
    size: () => size,
    onResize(listener) {
      resized.add(listener)
      return () => resized.delete(listener)
    },
    onRedraw(listener) {
      redrawn.add(listener)
      return () => redrawn.delete(listener)
    },
    setRaw(raw) {
      isRaw = raw
    },
    setForeground(next) {
      foreground = next
    },
  }
}

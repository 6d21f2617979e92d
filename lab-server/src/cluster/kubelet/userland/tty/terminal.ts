// An emulated terminal: echo, line editing in cooked mode, control keys that become signals, and `\r\n` on the way out,
// each as the modes say.
import { type ByteReader, type ByteWriter, makePipe } from '../byte-stream.ts'
import type { TerminalSize } from '../protocol.ts'
import type { TerminalEvents } from '../system.ts'
import { freshModes, hasMode, type TerminalModes } from './terminal-modes.ts'
import { makeTypedLine } from './typed-line.ts'

export interface Terminal {
  reader: ByteReader
  writer: ByteWriter
  size(): TerminalSize
  setSize(size: TerminalSize): void
  onResize(listener: () => void): () => void
  modes(): TerminalModes
  setModes(modes: TerminalModes): void
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

/** Less than this is no width of a terminal. */
const narrowest = 8

/** Opens a terminal over two byte streams. */
export function makeTerminal({ input, output, size: first, events, interrupt }: TerminalSetting): Terminal {
  let size = first ?? { columns: 80, rows: 24 }
  let modes = freshModes
  let pipe = makePipe()
  let foreground: ((signal: string) => void) | undefined
  const resized = new Set<() => void>()
  const redrawn = new Set<() => void>()
  let hungUp = false

  const setSize = (next: TerminalSize) => {
    if (next.columns === size.columns && next.rows === size.rows) return
    size = next
    for (const listener of resized) listener()
  }
  events.onResize = (next) => {
    // kubectl without a terminal of its own sends 0×0, and one more than that to make a shell repaint.
    if (next.columns >= narrowest && next.rows > 0) setSize(next)
  }
  events.onRedraw = () => {
    for (const listener of redrawn) listener()
  }

  const translate = (data: Buffer | string) => {
    if (!hasMode(modes, 'opost') || !hasMode(modes, 'onlcr')) return data
    return Buffer.from(Buffer.from(data).toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1')
  }
  const typed = makeTypedLine({
    modes: () => modes,
    echo: (text) => void output.write(translate(text)).catch(() => {}),
    give: (text) => void pipe.writer.write(text).catch(() => {}),
    signal: (name) => (foreground ?? interrupt)(name),
    /** Ends the input for whoever reads now; the next reader gets a fresh one. */
    endOfFile() {
      const { writer } = pipe
      pipe = makePipe()
      writer.close()
    },
  })

  const pump = async () => {
    const decoder = new TextDecoder()
    for (let chunk = await input.read(); chunk; chunk = await input.read())
      typed.type(decoder.decode(chunk, { stream: true }))
    hungUp = true
    typed.hangUp()
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
    setSize,
    onResize(listener) {
      resized.add(listener)
      return () => resized.delete(listener)
    },
    onRedraw(listener) {
      redrawn.add(listener)
      return () => redrawn.delete(listener)
    },
    modes: () => modes,
    setModes(next) {
      modes = next
      typed.modesChanged()
    },
    setForeground(next) {
      foreground = next
    },
  }
}

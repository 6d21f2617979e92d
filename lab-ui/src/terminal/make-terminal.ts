// Knows xterm and nothing of Solid: an element and an attempt in, a working terminal out. Fitting,
// restoring the screen and flow control are here.
import type { TerminalNotice, TerminalRequest } from '@taskmaster-lab/server/contract'
import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import { openSocket } from '../api/reconnecting-socket.ts'
import { blinkCursor } from './cursor-blink.ts'
import { terminalTheme } from './theme.ts'

/** How often drawn output is acknowledged, in characters: well below the server's limit of 100 000. */
const acknowledgeEvery = 4_000

export type TerminalStatus =
  | { state: 'connecting' }
  | { state: 'ready'; isolation: 'isolated' | 'shared'; recording: boolean }
  | { state: 'exited'; code: number }
  | { state: 'lost'; reason: string; again: boolean }

export interface TerminalHandle {
  focus(): void
  /** Types text as if from the keyboard. */
  type(text: string): void
  /** Reads the theme's colours again. */
  restyle(): void
  dispose(): void
}

/** Opens the attempt's terminal in `element`. */
export function makeTerminal(options: {
  element: HTMLElement
  url: string
  fontSize: number
  onStatus(status: TerminalStatus): void
}): TerminalHandle {
  const terminal = new Terminal({
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono'),
    fontSize: options.fontSize,
    lineHeight: 1.2,
    scrollback: 5000,
    minimumContrastRatio: 4.5,
    theme: terminalTheme(),
    screenReaderMode: false,
    allowProposedApi: true,
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  terminal.open(options.element)

  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let restoring = false
  let expectSnapshot = false
  let drawn = 0
  const request = (message: TerminalRequest) => socket.send(JSON.stringify(message))

  const draw = (data: ArrayBuffer) => {
    const text = decoder.decode(data, { stream: true })
    if (expectSnapshot) {
      expectSnapshot = false
      // Replies that the snapshot provokes (device attributes) must not be typed at the prompt.
      restoring = true
      terminal.write(text, () => {
        restoring = false
      })
      return
    }
    terminal.write(text, () => {
      drawn += text.length
      if (drawn < acknowledgeEvery) return
      request({ type: 'ack', characters: drawn })
      drawn = 0
    })
  }
  const notice = (message: TerminalNotice) => {
    if (message.type === 'ready') {
      options.onStatus({ state: 'ready', isolation: message.isolation, recording: message.recording })
    } else if (message.type === 'snapshot') {
      terminal.reset()
      drawn = 0
      expectSnapshot = message.bytes > 0
      sendSize()
    } else if (message.type === 'exit') {
      options.onStatus({ state: 'exited', code: message.code })
      terminal.write(`\r\n\x1b[2mThe shell ended with code ${message.code}. Press a key for a new one.\x1b[0m\r\n`)
    }
  }
  const sendSize = () => {
    if (terminal.cols > 1 && terminal.rows > 1) request({ type: 'resize', cols: terminal.cols, rows: terminal.rows })
  }

  const socket = openSocket(options.url, {
    onOpen: sendSize,
    onMessage: (data) => (typeof data === 'string' ? notice(JSON.parse(data)) : draw(data)),
    onDown: (again, reason) => options.onStatus({ state: 'lost', again, reason }),
  })
  const type = (text: string) => socket.send(encoder.encode(text))
  terminal.onData((text) => restoring || type(text))
  terminal.onBinary((text) => socket.send(Uint8Array.from(text, (character) => character.charCodeAt(0))))
  terminal.onResize(sendSize)

  const refit = () => {
    if (options.element.clientWidth > 0 && options.element.clientHeight > 0) fit.fit()
  }
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
  const rest = isCalm ? undefined : blinkCursor({ element: options.element, onCursorMove: terminal.onCursorMove })
  const observer = new ResizeObserver(refit)
  observer.observe(options.element)
  // Cells are measured with whatever font is there: measure again when ours has arrived.
  void document.fonts.load(`${options.fontSize}px 'JetBrains Mono'`).then(() => {
    terminal.options.fontFamily = `${terminal.options.fontFamily} `
    refit()
  })
  refit()

  return {
    focus: () => terminal.focus(),
    type,
    restyle: () => {
      terminal.options.theme = terminalTheme()
    },
    dispose() {
      rest?.()
      observer.disconnect()
      socket.close()
      terminal.dispose()
    },
  }
}

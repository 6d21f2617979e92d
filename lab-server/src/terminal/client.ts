// One browser at a terminal, over a WebSocket: binary frames are bytes, text frames are control.
import type { RawData, WebSocket } from 'ws'
import type { TerminalNotice, TerminalRequest } from '../contract/terminal.ts'
import type { Terminal, Viewer } from './terminal.ts'

/** Output that a browser may have unacknowledged before the shell is paused, and where it resumes: VS Code's figures. */
const pauseAbove = 100_000
const resumeBelow = 5_000

const isSize = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1000

/** Reads a control message; undefined when it is not one. */
export function parseRequest(text: string): TerminalRequest | undefined {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof message !== 'object' || message === null) return undefined
  const request = message as Record<string, unknown>
  if (request.type === 'resize' && isSize(request.cols) && isSize(request.rows)) {
    return { type: 'resize', cols: request.cols, rows: request.rows }
  }
  if (request.type === 'ack' && typeof request.characters === 'number' && request.characters >= 0) {
    return { type: 'ack', characters: request.characters }
  }
  return undefined
}

/** Connects `socket` to `terminal` until either ends. */
export function attachClient(terminal: Terminal, socket: WebSocket, isolation: 'isolated' | 'shared'): void {
  let unacknowledged = 0
  let behind = false
  const notify = (notice: TerminalNotice) => socket.readyState === socket.OPEN && socket.send(JSON.stringify(notice))
  const send = (text: string) => {
    if (socket.readyState !== socket.OPEN) return
    unacknowledged += text.length
    socket.send(Buffer.from(text, 'utf8'))
  }
  const viewer: Viewer = {
    restore(snapshot) {
      // Credit starts anew with each snapshot, so that a reconnect under heavy output cannot deadlock.
      unacknowledged = 0
      const bytes = Buffer.from(snapshot, 'utf8')
      notify({ type: 'snapshot', cols: terminal.cols, rows: terminal.rows, bytes: bytes.length })
      socket.send(bytes)
    },
    write: send,
    isBehind() {
      if (unacknowledged > pauseAbove) behind = true
      if (unacknowledged < resumeBelow) behind = false
      return behind
    },
    exited: (code) => notify({ type: 'exit', code }),
    resized: (cols, rows) => notify({ type: 'size', cols, rows }),
  }

  socket.on('message', (data: RawData, isBinary: boolean) => {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)
    if (isBinary) return terminal.input(bytes)
    const request = parseRequest(bytes.toString('utf8'))
    if (!request)
      return socket.close(
        4400,
        'That is not a terminal message: send {"type":"resize","cols":80,"rows":24} or {"type":"ack","characters":1}.',
      )
    if (request.type === 'resize') return terminal.resize(request.cols, request.rows)
    unacknowledged = Math.max(0, unacknowledged - request.characters)
    terminal.flow()
  })
  const heartbeat = setInterval(() => socket.ping(), 20_000)
  socket.on('close', () => {
    clearInterval(heartbeat)
    terminal.removeViewer(viewer)
  })
  notify({ type: 'ready', isolation, recording: terminal.isRecorded })
  terminal.addViewer(viewer)
}

// A terminal as a browser holds it: the same socket, the same acknowledgements, no drawing.
import { WebSocket } from 'ws'
import type { LabProcess } from './lab-process.ts'

const acknowledgeEvery = 4_000

export interface TerminalSocket {
  /** Types text as it is. */
  type(text: string): void
  /** Hears of every piece of output after the snapshot. */
  onOutput(listener: (text: string) => void): void
  /** Resolves when all output so far, since `forget`, passes the test. */
  until(test: (output: string) => boolean): Promise<void>
  forget(): void
  close(): void
}

/** Opens the attempt's terminal and waits for its prompt. */
export async function openTerminal(lab: LabProcess, attemptId: string): Promise<TerminalSocket> {
  const socket = new WebSocket(`${lab.url.replace('http', 'ws')}/api/v1/attempts/${attemptId}/terminal`, {
    headers: { authorization: `Bearer ${lab.token}`, origin: lab.url },
  })
  const listeners: ((text: string) => void)[] = []
  const waiting = new Set<() => void>()
  const decoder = new TextDecoder()
  let output = ''
  let drawn = 0
  socket.on('message', (data, isBinary) => {
    if (!isBinary) return
    const text = decoder.decode(data as Buffer, { stream: true })
    // Enough to recognise a prompt or a word; a long run is not kept.
    output = `${output}${text}`.slice(-4_000)
    drawn += text.length
    if (drawn >= acknowledgeEvery) {
      socket.send(JSON.stringify({ type: 'ack', characters: drawn }))
      drawn = 0
    }
    for (const listener of listeners) listener(text)
    for (const look of waiting) look()
  })
  const terminal: TerminalSocket = {
    type: (text) => socket.send(Buffer.from(text)),
    onOutput: (listener) => void listeners.push(listener),
    until: (test) =>
      new Promise((resolve) => {
        const look = () => {
          if (!test(output)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    forget: () => {
      output = ''
    },
    close: () => socket.close(),
  }
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  await terminal.until((text) => text.includes('student@lab'))
  return terminal
}

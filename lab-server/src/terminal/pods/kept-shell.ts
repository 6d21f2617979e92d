// A shell that tmux keeps, reached through a stream that may break: then it is opened again, and what the shell
// showed meanwhile is read from tmux.
import { StringDecoder } from 'node:string_decoder'
import type { ExecStream } from '../../lab/kubernetes/exec.ts'
import type { RunningShell, ScreenSize, ShellEvents } from '../running-shell.ts'
import { type ControlEvent, makeControlReader } from './control-mode.ts'
import { drawScreen, screenCommands } from './kept-screen.ts'

/** Opens a stream to `tmux -C`, making what is needed for it; the shell starts if there is none. */
export type OpenLink = (size: ScreenSize, signal: AbortSignal) => Promise<ExecStream>

const firstDelayMs = 250
const longestDelayMs = 10_000
const beatMs = 20_000
const largestInput = 512
const mostQueued = 64 * 1024

/** How a stream came to its end. */
type LinkEnd = { type: 'shell-ended' } | { type: 'taken' } | { type: 'lost'; message: string }

/** Starts or finds the shell. Goes on trying to reach it until `stop`; rejects when it cannot be reached at first. */
export async function attachKeptShell(
  openLink: OpenLink,
  initial: ScreenSize,
  events: ShellEvents,
): Promise<RunningShell> {
  const stopping = new AbortController()
  let size = initial
  let link: Awaited<ReturnType<typeof useLink>> | undefined
  let isPaused = false
  let queued: Buffer[] = []

  const connect = async () => {
    const stream = await openLink(size, stopping.signal)
    if (stopping.signal.aborted) return stream.close()
    link = useLink(stream, size, events)
    if (isPaused) link.pause()
    for (const data of queued.splice(0)) link.write(data)
  }

  async function keep(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      const end = await link?.ended
      link = undefined
      if (stopping.signal.aborted) return
      if (end?.type === 'shell-ended') return events.onExit(0)
      if (end?.type === 'taken') {
        events.onOutput('\r\nAnother lab has taken over this terminal. Reload the page.\r\n')
        return events.onExit(0)
      }
      try {
        await pause(Math.min(longestDelayMs, firstDelayMs * 2 ** failures) * (0.5 + Math.random() / 2), stopping.signal)
        await connect()
        failures = 0
      } catch {
        failures = Math.min(failures + 1, 10)
      }
    }
  }

  await connect()
  void keep()
  return {
    write(data) {
      if (isReply(data)) return
      if (link) return link.write(data)
      if (queued.reduce((sum, { length }) => sum + length, data.length) > mostQueued) queued = []
      queued.push(data)
    },
    resize(cols, rows) {
      size = { cols, rows }
      link?.resize(size)
    },
    pause() {
      isPaused = true
      link?.pause()
    },
    resume() {
      isPaused = false
      link?.resume()
    },
    async stop() {
      stopping.abort()
      link?.close()
    },
  }
}

/** tmux answers what programs ask of a terminal; the answers of the browsers would be typed at the prompt. */
export function isReply(data: Buffer): boolean {
  if (data[0] !== 0x1b) return false
  const text = data.toString('latin1')
  // `ESC [ 1 ; 2 R` and the like are F3 with Shift, Alt or Ctrl.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about escape sequences
  return /^\x1b(\[[?>=][\d;]*c|\[0n|\[(?!1;[2-8]R)\d+;\d+R|P>\|[^\x1b]*\x1b\\)$/.test(text)
}

/** Speaks control mode over one stream until it is over. */
function useLink(stream: ExecStream, initial: ScreenSize, events: ShellEvents) {
  const read = makeControlReader()
  const decoder = new StringDecoder('utf8')
  const answers: ((lines: string[]) => void)[] = []
  let isCurrent = false
  let end: LinkEnd | undefined
  let isReading = true
  let isAnswered = true
  /** Commands that came before the session: tmux would read them before it has one, and refuse them. */
  let waiting: string[] | undefined = []

  const send = (command: string) => {
    if (waiting) waiting.push(command)
    else stream.write(`${command}\n`)
  }
  const tell = (command: string, onAnswer: (lines: string[]) => void = () => {}) => {
    answers.push(onAnswer)
    send(command)
  }
  const resize = ({ cols, rows }: ScreenSize) => tell(`refresh-client -C ${cols},${rows}`)

  function readScreen(): void {
    const parts: string[][] = []
    const take = (lines: string[]) => {
      parts.push(lines)
      if (parts.length < screenCommands.length) return
      isCurrent = true
      events.onScreen(drawScreen(parts))
    }
    answers.push(...screenCommands.map(() => take))
    // On one line, so that the shell writes nothing between the first answer and the last.
    send(screenCommands.join(' ; '))
  }
  function handle(event: ControlEvent): void {
    if (event.type === 'answer') answers.shift()?.(event.lines)
    else if (event.type === 'attached') {
      const commands = waiting ?? []
      waiting = undefined
      commands.forEach(send)
    } else if (event.type === 'exit') end = endOf(event.reason)
    // What came before is on the screen that is being read.
    else if (isCurrent) events.onOutput(decoder.write(event.data))
  }
  resize(initial)
  readScreen()
  stream.onData((data) => {
    try {
      for (const event of read(data)) handle(event)
    } catch {
      stream.close()
    }
  })

  // A connection that is half open tells nothing by itself.
  const beat = setInterval(() => {
    if (!isReading) return
    if (!isAnswered) return stream.close()
    isAnswered = false
    tell('display-message -p beat', () => {
      isAnswered = true
    })
  }, beatMs)
  beat.unref()
  const ended = stream.closed.then(({ message }): LinkEnd => {
    clearInterval(beat)
    return end ?? { type: 'lost', message }
  })
  return {
    ended,
    resize,
    write(data: Buffer) {
      for (let start = 0; start < data.length; start += largestInput) {
        const hex = [...data.subarray(start, start + largestInput)].map((byte) => byte.toString(16).padStart(2, '0'))
        tell(`send-keys -H ${hex.join(' ')}`)
      }
    },
    pause() {
      isReading = false
      stream.pause()
    },
    resume() {
      isReading = true
      isAnswered = true
      stream.resume()
    },
    close: () => stream.close(),
  }
}

/** What tmux says when it sends its client away. */
function endOf(reason: string): LinkEnd | undefined {
  if (reason === '' || reason.startsWith('server exited') || reason === 'lost server') return { type: 'shell-ended' }
  return reason.startsWith('detached') ? { type: 'taken' } : undefined
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

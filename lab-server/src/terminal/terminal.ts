// One terminal: a shell, its screen kept by a headless xterm, and the browsers that look at it. Output stops being
// read while a browser is too far behind.
import serializeAddon from '@xterm/addon-serialize'
import headless from '@xterm/headless'
import type { RunningShell, ScreenSize, StartShell } from './running-shell.ts'
import { listenToShell } from './shell-messages.ts'

const scrollback = 5000

/** Someone who sees the terminal's output. */
export interface Viewer {
  /** Takes the whole screen: at first, and whenever it was read anew. */
  restore(snapshot: string): void
  /** Takes output in whole characters. */
  write(text: string): void
  /** True while this viewer has too much unread output. */
  isBehind(): boolean
  exited(code: number): void
  resized(cols: number, rows: number): void
}

/** A viewer that keeps what it sees. */
export interface Recorder extends Viewer {
  /** Resolves when everything is kept. */
  stop(): Promise<void>
}

export interface Terminal {
  readonly cols: number
  readonly rows: number
  /** True when what it shows is kept. */
  readonly isRecorded: boolean
  /** Adds a viewer once the screen as of now is serialised: that first, then every later output. */
  addViewer(viewer: Viewer): void
  removeViewer(viewer: Viewer): void
  /** Types into the shell; after it ended, starts a new one. */
  input(data: Buffer): void
  resize(cols: number, rows: number): void
  /** Looks again at which viewers are behind. */
  flow(): void
  stop(): Promise<void>
}

/** Opens a terminal; the shell starts with the first viewer's size, at 80×24 until then. */
export function makeTerminal(options: {
  startShell: StartShell
  /** Calls back with each command line that the shell tells of in its output. */
  onCommand?: ((command: string) => void) | undefined
  /** Starts a recorder of the terminal, which calls back when it is not behind any more. */
  record?: ((size: ScreenSize, onDrained: () => void) => Recorder) | undefined
}): Terminal {
  const screen = new headless.Terminal({ cols: 80, rows: 24, scrollback, allowProposedApi: true })
  const serializer = new serializeAddon.SerializeAddon()
  screen.loadAddon(serializer)
  const messages = listenToShell(screen, options.onCommand)
  /** For each viewer the output since its screen was asked for; null when it has it. */
  const viewers = new Map<Viewer, string[] | null>()
  let shell: RunningShell | undefined
  let starting: Promise<void> | undefined
  let recorder: Recorder | undefined
  let paused = false
  let stopped = false

  const show = (text: string) => {
    screen.write(text)
    for (const [viewer, queue] of viewers) queue ? queue.push(text) : viewer.write(text)
    flow()
  }
  const flow = () => {
    const behind = [...viewers.keys()].some((viewer) => viewer.isBehind())
    if (behind === paused || !shell) return
    paused = behind
    behind ? shell.pause() : shell.resume()
  }
  const giveScreen = (viewer: Viewer) => {
    const queue: string[] = []
    viewers.set(viewer, queue)
    // An empty write is parsed after all that came before it, so the snapshot is exactly that.
    screen.write('', () => {
      if (viewers.get(viewer) !== queue) return
      viewer.restore(serializer.serialize({ scrollback: 1000 }))
      viewers.set(viewer, null)
      for (const text of queue) viewer.write(text)
      flow()
    })
  }

  const start = async () => {
    let hasEnded = false
    const size = { cols: screen.cols, rows: screen.rows }
    const started = await options.startShell(size, {
      onOutput: show,
      onScreen(text) {
        screen.write(`\x1bc${text}`)
        for (const viewer of viewers.keys()) giveScreen(viewer)
      },
      onExit(code) {
        hasEnded = true
        shell = undefined
        if (stopped) return
        // What it said last is read before its end is told.
        screen.write('', () => {
          const exitCode = messages.exitCode() ?? code
          for (const viewer of viewers.keys()) viewer.exited(exitCode)
        })
      },
    })
    if (hasEnded) return
    shell = started
    paused = false
    if (screen.cols !== size.cols || screen.rows !== size.rows) shell.resize(screen.cols, screen.rows)
    flow()
  }
  const ensureShell = () => {
    if (shell || starting || stopped) return
    starting = start()
      .catch((error: Error) => show(`\r\nThe shell could not be started: ${error.message}\r\n`))
      .finally(() => {
        starting = undefined
      })
  }

  const ensureRecorder = () => {
    if (recorder || !options.record) return
    recorder = options.record({ cols: screen.cols, rows: screen.rows }, flow)
    giveScreen(recorder)
  }

  return {
    get cols() {
      return screen.cols
    },
    get rows() {
      return screen.rows
    },
    isRecorded: options.record !== undefined,
    addViewer(viewer) {
      ensureShell()
      ensureRecorder()
      giveScreen(viewer)
    },
    removeViewer(viewer) {
      viewers.delete(viewer)
      flow()
    },
    input(data) {
      if (shell) shell.write(data)
      else ensureShell()
    },
    resize(cols, rows) {
      if (cols === screen.cols && rows === screen.rows) return
      screen.resize(cols, rows)
      shell?.resize(cols, rows)
      for (const viewer of viewers.keys()) viewer.resized(cols, rows)
    },
    flow,
    async stop() {
      stopped = true
      await starting
      await shell?.stop()
      await recorder?.stop()
      viewers.clear()
      screen.dispose()
    },
  }
}

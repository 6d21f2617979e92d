// One terminal: a shell on a pseudo-terminal, its screen kept by a headless xterm, and the browsers
// that look at it. Output stops being read while a browser is too far behind.
import { StringDecoder } from 'node:string_decoder'
import { type IPty, spawn } from '@lydell/node-pty'
import serializeAddon from '@xterm/addon-serialize'
import headless from '@xterm/headless'
import { watchCommands } from './commands.ts'
import type { Home } from './home.ts'
import type { NetworkDoor } from './network-door.ts'
import type { Sandboxing } from './sandboxing.ts'
import { prepareShell } from './shell.ts'
import type { TerminalOptions } from './terminal-options.ts'

const scrollback = 5000

/** Someone who sees the terminal's output. */
export interface Viewer {
  /** Takes output in whole characters. */
  write(text: string): void
  /** True while this viewer has too much unread output. */
  isBehind(): boolean
  exited(code: number): void
  resized(cols: number, rows: number): void
}

export interface Terminal {
  readonly cols: number
  readonly rows: number
  /** Adds a viewer once the screen as of now is serialised: `onSnapshot` first, then every later output. */
  addViewer(viewer: Viewer, onSnapshot: (snapshot: string) => void): void
  removeViewer(viewer: Viewer): void
  /** Types into the shell; after it ended, starts a new one. */
  input(data: Buffer): void
  resize(cols: number, rows: number): void
  /** Looks again at which viewers are behind. */
  flow(): void
  stop(): Promise<void>
}

/** Opens a terminal; the shell starts with the first viewer's size, at 80×24 until then. */
export async function makeTerminal(
  options: TerminalOptions & { home: Home; kubectl: string; sandboxing: Sandboxing },
): Promise<Terminal> {
  const screen = new headless.Terminal({ cols: 80, rows: 24, scrollback, allowProposedApi: true })
  const serializer = new serializeAddon.SerializeAddon()
  screen.loadAddon(serializer)
  const viewers = new Map<Viewer, string[] | null>()
  const commands = await watchCommands(options.home.history, options.onCommand)
  let shell: { pty: IPty; door: NetworkDoor | undefined; ended: Promise<void> } | undefined
  let starting: Promise<void> | undefined
  let paused = false
  let stopped = false

  const show = (text: string) => {
    screen.write(text)
    for (const [viewer, queue] of viewers) queue ? queue.push(text) : viewer.write(text)
  }
  const flow = () => {
    const behind = [...viewers.keys()].some((viewer) => viewer.isBehind())
    if (behind === paused || !shell) return
    paused = behind
    behind ? shell.pty.pause() : shell.pty.resume()
  }

  const start = async () => {
    const { file, args, env, cwd, uid, openDoor } = await prepareShell(options)
    const pty = spawn(file, args, {
      name: 'xterm-256color',
      cols: screen.cols,
      rows: screen.rows,
      cwd,
      env,
      encoding: null,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    })
    const decoder = new StringDecoder('utf8')
    paused = false
    pty.onData((data) => {
      // With `encoding: null` the data are bytes, whatever the type says.
      const text = decoder.write(data as unknown as Buffer)
      if (text) show(text)
      flow()
    })
    const ended = new Promise<void>((resolve) =>
      pty.onExit(({ exitCode }) => {
        shell?.door?.close()
        shell = undefined
        resolve()
        if (stopped) return
        for (const viewer of viewers.keys()) viewer.exited(exitCode)
      }),
    )
    shell = { pty, door: undefined, ended }
    const door = await openDoor?.(ended)
    if (shell) shell.door = door
    else door?.close()
  }
  const ensureShell = () => {
    if (shell || starting || stopped) return
    starting = start()
      .catch((error: Error) => show(`\r\nThe shell could not be started: ${error.message}\r\n`))
      .finally(() => {
        starting = undefined
      })
  }

  return {
    get cols() {
      return screen.cols
    },
    get rows() {
      return screen.rows
    },
    addViewer(viewer, onSnapshot) {
      ensureShell()
      const queue: string[] = []
      viewers.set(viewer, queue)
      // An empty write is parsed after all that came before it, so the snapshot is exactly that.
      screen.write('', () => {
        if (viewers.get(viewer) !== queue) return
        onSnapshot(serializer.serialize({ scrollback: 1000 }))
        viewers.set(viewer, null)
        for (const text of queue) viewer.write(text)
        flow()
      })
    },
    removeViewer(viewer) {
      viewers.delete(viewer)
      flow()
    },
    input(data) {
      if (!shell) return ensureShell()
      // Bytes pass through unchanged, whatever the type says.
      shell.pty.write(data as unknown as string)
    },
    resize(cols, rows) {
      if (cols === screen.cols && rows === screen.rows) return
      screen.resize(cols, rows)
      shell?.pty.resize(cols, rows)
      for (const viewer of viewers.keys()) viewer.resized(cols, rows)
    },
    flow,
    async stop() {
      stopped = true
      commands.stop()
      await starting
      const running = shell
      if (running) {
        running.pty.resume()
        running.pty.kill('SIGKILL')
        await running.ended
      }
      viewers.clear()
      screen.dispose()
    },
  }
}

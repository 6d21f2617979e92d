// The shells of all attempts. A shell lives as long as its attempt: sockets come and go.
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { WebSocket } from 'ws'
import { throughDoor } from './api-door.ts'
import { attachClient } from './client.ts'
import { watchCommands } from './commands.ts'
import { completionReader } from './completion.ts'
import { prepareHome } from './home.ts'
import { startHostShell } from './host-shell.ts'
import type { Recordings } from './recordings.ts'
import { findSandboxing } from './sandboxing.ts'
import { prepareShell } from './shell.ts'
import { makeTerminal, type Terminal } from './terminal.ts'
import type { TerminalOptions } from './terminal-options.ts'

/** Shells by attempt id. */
export interface Terminals {
  /** `isolated`: private file system, processes and network. `shared`: a plain shell of this machine. */
  readonly isolation: 'isolated' | 'shared'
  /** Makes the attempt's terminal ready, or gives an open one a new kubeconfig. */
  open(attemptId: string, options: TerminalOptions): Promise<void>
  has(attemptId: string): boolean
  /** Connects a browser: the snapshot first, then live output. Closes the socket with 4404 when there is no such terminal. */
  attach(attemptId: string, socket: WebSocket): void
  /** Ends the shell and everything it started, and removes its home. */
  close(attemptId: string): Promise<void>
  /** Removes what shells of other attempts left behind. */
  retain(attemptIds: ReadonlySet<string>): Promise<void>
  stop(): Promise<void>
}

/**
 * Makes the terminals of one lab. Homes are kept under `dataDir`; `kubectl` is the absolute path of the binary. With
 * `recordings` every terminal is recorded.
 */
export async function startTerminals(options: {
  dataDir: string
  kubectl: string
  recordings?: Recordings | undefined
}): Promise<Terminals> {
  const { recordings } = options
  const root = join(options.dataDir, 'terminals')
  await mkdir(root, { recursive: true, mode: 0o711 })
  const sandboxing = await findSandboxing(root)
  const completion = completionReader(options.kubectl, join(options.dataDir, 'cache'))
  const terminals = new Map<string, Terminal & { forget(): void }>()
  const opening = new Map<string, Promise<void>>()

  const open = async (attemptId: string, terminalOptions: TerminalOptions) => {
    const home = await prepareHome({
      root: join(root, attemptId),
      kubeconfig:
        sandboxing.isolation === 'isolated'
          ? throughDoor(terminalOptions.kubeconfig, terminalOptions.apiServer)
          : terminalOptions.kubeconfig,
      appHost: terminalOptions.appHost,
      completion,
      owner: sandboxing.owner,
    })
    if (terminals.has(attemptId)) return
    const commands = await watchCommands(home.history, terminalOptions.onCommand)
    const terminal = makeTerminal({
      record: recordings && ((size, onDrained) => recordings.start(attemptId, size, onDrained)),
      async startShell(size, events) {
        const shell = await prepareShell({ home, sandboxing, kubectl: options.kubectl, ...terminalOptions })
        return startHostShell(shell, size, events)
      },
    })
    terminals.set(attemptId, Object.assign(terminal, { forget: () => commands.stop() }))
  }
  const end = async (terminal: (Terminal & { forget(): void }) | undefined) => {
    terminal?.forget()
    await terminal?.stop()
  }

  return {
    isolation: sandboxing.isolation,
    has: (attemptId) => terminals.has(attemptId),
    async open(attemptId, terminalOptions) {
      const turn = (opening.get(attemptId) ?? Promise.resolve())
        .catch(() => {})
        .then(() => open(attemptId, terminalOptions))
      opening.set(attemptId, turn)
      await turn.finally(() => opening.get(attemptId) === turn && opening.delete(attemptId))
    },
    attach(attemptId, socket) {
      const terminal = terminals.get(attemptId)
      if (!terminal)
        return socket.close(4404, 'This attempt has no terminal: it is still being prepared, or it has ended.')
      attachClient(terminal, socket, sandboxing.isolation)
    },
    async close(attemptId) {
      await opening.get(attemptId)?.catch(() => {})
      await end(terminals.get(attemptId))
      terminals.delete(attemptId)
      await rm(join(root, attemptId), { recursive: true, force: true })
    },
    async retain(attemptIds) {
      const strays = (await readdir(root)).filter((name) => !attemptIds.has(name) && !terminals.has(name))
      await Promise.all(strays.map((name) => rm(join(root, name), { recursive: true, force: true })))
    },
    async stop() {
      await Promise.all([...terminals.values()].map(end))
      terminals.clear()
    },
  }
}

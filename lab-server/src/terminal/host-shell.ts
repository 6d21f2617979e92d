// A shell on this machine, on a pseudo-terminal of its own.
import { StringDecoder } from 'node:string_decoder'
import { spawn } from '@lydell/node-pty'
import type { NetworkDoor } from './network-door.ts'
import type { RunningShell, ScreenSize, ShellEvents } from './running-shell.ts'
import type { Shell } from './shell.ts'

/** Starts what `prepareShell` prepared; resolves when its network is connected. */
export async function startHostShell(
  { file, args, env, cwd, uid, openDoor }: Shell,
  { cols, rows }: ScreenSize,
  events: ShellEvents,
): Promise<RunningShell> {
  const pty = spawn(file, args, {
    name: 'xterm-256color',
    cols,
    rows,
    cwd,
    env,
    encoding: null,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const decoder = new StringDecoder('utf8')
  let door: NetworkDoor | undefined
  let hasEnded = false
  pty.onData((data) => {
    // With `encoding: null` the data are bytes, whatever the type says.
    const text = decoder.write(data as unknown as Buffer)
    if (text) events.onOutput(text)
  })
  const ended = new Promise<void>((resolve) =>
    pty.onExit(({ exitCode }) => {
      hasEnded = true
      door?.close()
      resolve()
      events.onExit(exitCode)
    }),
  )
  door = await openDoor?.(ended)
  if (hasEnded) door?.close()
  return {
    // Bytes pass through unchanged, whatever the type says.
    write: (data) => pty.write(data as unknown as string),
    resize: (newCols, newRows) => pty.resize(newCols, newRows),
    pause: () => pty.pause(),
    resume: () => pty.resume(),
    async stop() {
      if (hasEnded) return
      pty.resume()
      pty.kill('SIGKILL')
      await ended
    },
  }
}

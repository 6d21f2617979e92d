// Lets a shell in the userland run a program of the image, which is a process of the host: bytes go over the channel.
import type { FromUserland } from '../userland/protocol.ts'
import type { GroupProcess } from './group-process.ts'
import type { UserlandProcess } from './userland-process.ts'

/** A program of the image, and how its output reads inside the container. */
export interface RelayedProgram extends GroupProcess {
  translate(chunk: Buffer): Buffer
}

type StartProgram = (argv: string[], env: Record<string, string>, cwd: string) => Promise<RelayedProgram>

/** Returns a listener for the userland's messages that starts, feeds and ends such programs. */
export function relayProgram(userland: UserlandProcess, startProgram: StartProgram): (message: FromUserland) => void {
  const running = new Map<number, Promise<RelayedProgram>>()
  const forget = (id: number, exitCode: number) => {
    running.delete(id)
    userland.send({ type: 'program-exit', id, exitCode })
  }

  const start = async (id: number, starting: Promise<RelayedProgram>) => {
    const group = await starting
    for (const stream of ['stdout', 'stderr'] as const) {
      group.child[stream]?.on('data', (chunk: Buffer) =>
        userland.send({ type: 'program-output', id, stream, data: group.translate(chunk).toString('base64') }),
      )
    }
    const { exitCode } = await group.exited
    forget(id, exitCode)
  }

  // The programs belong to the shell that started them.
  void userland.exited.then(async () => {
    for (const one of running.values()) (await one.catch(() => undefined))?.signal('SIGKILL')
  })

  return (message) => {
    if (message.type === 'program') {
      const starting = Promise.resolve().then(() => startProgram(message.argv, message.env, message.cwd))
      running.set(message.id, starting)
      start(message.id, starting).catch(() => forget(message.id, 126))
    } else if (message.type === 'program-input') {
      void running.get(message.id)?.then(
        ({ child }) =>
          message.data === null ? child.stdin?.end() : child.stdin?.write(Buffer.from(message.data, 'base64')),
        () => {},
      )
    } else if (message.type === 'program-signal') {
      void running.get(message.id)?.then(
        (group) => group.signal(message.signal as NodeJS.Signals),
        () => {},
      )
    }
  }
}

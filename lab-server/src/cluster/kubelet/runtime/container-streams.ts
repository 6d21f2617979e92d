// Joins a client's streams with those of a process in a container.
import type { Readable, Writable } from 'node:stream'
import type { Streams } from '../container-runtime.ts'
import type { ContainerProcess } from './container-process.ts'

/** Makes a terminal start each line at its left edge, as a line discipline does. */
export function translateNewlines(chunk: Buffer): Buffer {
  return Buffer.from(chunk.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1')
}

/** Connects both ways; resolves when all output has been handed over. */
export async function connectStreams(process: ContainerProcess, streams: Streams): Promise<void> {
  if (streams.stdin) streams.stdin.pipe(process.stdin)
  // A terminal that nobody types on is no terminal that hangs up.
  else if (!process.hasTerminal) process.stdin.end()
  const translate = streams.tty && !process.hasTerminal
  // A terminal has one output only.
  await Promise.all([
    forward(process.stdout, streams.stdout, translate),
    forward(process.stderr, streams.tty ? streams.stdout : streams.stderr, translate),
  ])
  streams.stdin?.unpipe(process.stdin)
}

function forward(from: Readable, to: Writable, translate: boolean): Promise<void> {
  return new Promise((resolve) => {
    from.on('data', (chunk: Buffer) => {
      if (to.destroyed || to.write(translate ? translateNewlines(chunk) : chunk)) return
      from.pause()
      to.once('drain', () => from.resume())
    })
    // A client that has gone away must not keep the command blocked.
    to.once('close', () => from.resume())
    from.once('close', () => resolve())
    from.once('end', () => resolve())
  })
}

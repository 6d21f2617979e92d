// Terminals kept as asciicast v2 (https://docs.asciinema.org/manual/asciicast/v2/), one file an attempt: what the
// student saw, never what they typed unseen.
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  type ReadStream,
  readSync,
} from 'node:fs'
import { join } from 'node:path'
import type { ScreenSize } from './running-shell.ts'
import type { Recorder } from './terminal.ts'

/** Bytes that may wait for the disk before the terminal is paused. */
const largestBacklog = 1_000_000

/** The recordings of a lab. */
export interface Recordings {
  /** Records a terminal of this size; one that an earlier run of the lab began goes on. `onDrained`: is not behind any more. */
  start(attemptId: string, size: ScreenSize, onDrained: () => void): Recorder
  /** The recording as it is now; undefined when there is none. */
  read(attemptId: string): ReadStream | undefined
}

/** Keeps recordings in `folder`. Only this process's user can read them: a secret shown on a screen is in them. */
export function openRecordings(folder: string): Recordings {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const pathOf = (attemptId: string) => {
    if (!/^[a-z0-9-]+$/.test(attemptId)) throw new Error('not an attempt id')
    return join(folder, `${attemptId}.cast`)
  }
  return {
    start: (attemptId, size, onDrained) => startRecorder(pathOf(attemptId), size, onDrained),
    read: (attemptId) => (existsSync(pathOf(attemptId)) ? createReadStream(pathOf(attemptId)) : undefined),
  }
}

function startRecorder(path: string, { cols, rows }: ScreenSize, onDrained: () => void): Recorder {
  const began = readStart(path)
  const start = began ?? Math.floor(Date.now() / 1000)
  const file = createWriteStream(path, { flags: began === undefined ? 'w' : 'a', mode: 0o600 })
  // A full disk ends the recording, not the student's terminal.
  file.on('error', () => {
    file.destroy()
    onDrained()
  })
  file.on('drain', onDrained)
  const write = (line: unknown) => {
    if (file.writable) file.write(`${JSON.stringify(line)}\n`)
  }
  const event = (code: 'o' | 'r', data: string) => write([Math.max(0, Date.now() - start * 1000) / 1000, code, data])
  const env = { TERM: 'xterm-256color', SHELL: '/bin/bash' }
  if (began === undefined) write({ version: 2, width: cols, height: rows, timestamp: start, env })
  else event('r', `${cols}x${rows}`)
  return {
    restore(screen) {
      if (screen) event('o', `\x1bc${screen}`)
    },
    write: (text) => event('o', text),
    isBehind: () => !file.destroyed && file.writableLength > largestBacklog,
    exited() {},
    resized: (newCols, newRows) => event('r', `${newCols}x${newRows}`),
    async stop() {
      if (!file.destroyed) await new Promise<void>((resolve) => file.once('close', resolve).end())
    },
  }
}

/** When a recording began, in whole seconds since 1970: its header says so. Undefined without one that can be read. */
function readStart(path: string): number | undefined {
  if (!existsSync(path)) return undefined
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(1_000)
    const [header = ''] = head.toString('utf8', 0, readSync(file, head)).split('\n')
    const { timestamp } = JSON.parse(header) as { timestamp?: unknown }
    return typeof timestamp === 'number' ? timestamp : undefined
  } catch {
    return undefined
  } finally {
    closeSync(file)
  }
}

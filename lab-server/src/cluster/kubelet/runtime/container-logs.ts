// Writes what a container says to a file per container instance, in the format of the container runtime interface:
// `2026-11-23T02:40:11.013695000Z stdout F text`.
import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../../clock.ts'

/** containerd cuts longer lines into partial records. */
const longestLine = 16 * 1024
const rotateAt = 10 * 1024 * 1024

export type LogStream = 'stdout' | 'stderr'

/** Tells a reader how far a log has come. */
export interface LogProgress {
  readonly path: string
  /** Counts rotations: the reader's file was moved away when it grew. */
  readonly generation: number
  readonly ended: boolean
  /** Resolves at the next write, rotation or end. */
  changed(): Promise<void>
}

/** Takes a container's output and keeps it, newest 20 MB at most. */
export interface LogWriter extends LogProgress {
  write(stream: LogStream, chunk: Buffer): void
  /** Writes unfinished lines as partial records, as at the end of a container. */
  end(): void
}

/** The file that holds the older half after a rotation. */
export const rotatedPath = (path: string) => `${path}.1`

/** Opens the log of one container instance for appending. */
export function openLogWriter(path: string, clock: Clock): LogWriter {
  mkdirSync(dirname(path), { recursive: true })
  let file = openSync(path, 'a', 0o640)
  let size = statSync(path).size
  let generation = 0
  let ended = false
  let waiting: (() => void)[] = []
  const unfinished: Record<LogStream, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }

  const announce = () => {
    const callbacks = waiting
    waiting = []
    for (const callback of callbacks) callback()
  }

  const append = (records: Buffer[]) => {
    if (records.length === 0) return
    const data = Buffer.concat(records)
    writeSync(file, data)
    size += data.length
    if (size < rotateAt) return
    closeSync(file)
    renameSync(path, rotatedPath(path))
    file = openSync(path, 'a', 0o640)
    size = 0
    generation += 1
  }

  return {
    path,
    get generation() {
      return generation
    },
    get ended() {
      return ended
    },
    changed: () => (ended ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),

    write(stream, chunk) {
      if (ended) return
      const head = Buffer.from(`${formatLogTime(clock.now())} ${stream} `)
      const { records, rest } = splitRecords(Buffer.concat([unfinished[stream], chunk]), head)
      unfinished[stream] = rest
      append(records)
      announce()
    },

    end() {
      if (ended) return
      const now = formatLogTime(clock.now())
      for (const stream of ['stdout', 'stderr'] as const) {
        if (unfinished[stream].length === 0) continue
        append([Buffer.from(`${now} ${stream} P `), unfinished[stream], newline])
      }
      ended = true
      closeSync(file)
      announce()
    },
  }
}

const newline = Buffer.from('\n')
const full = Buffer.from('F ')
const partial = Buffer.from('P ')

function splitRecords(data: Buffer, head: Buffer): { records: Buffer[]; rest: Buffer } {
  const records: Buffer[] = []
  let start = 0
  while (start < data.length) {
    const end = data.indexOf(10, start)
    const isWhole = end !== -1 && end - start <= longestLine
    if (!isWhole && data.length - start <= longestLine) break
    const stop = isWhole ? end : start + longestLine
    records.push(head, isWhole ? full : partial, data.subarray(start, stop), newline)
    start = isWhole ? stop + 1 : stop
  }
  return { records, rest: Buffer.from(data.subarray(start)) }
}

/** Formats an instant with nine decimals, as the kubelet hands log lines on (`RFC3339NanoFixed`). */
export function formatLogTime(epochMs: number): string {
  const nanoseconds = String(Math.floor((epochMs % 1) * 1_000_000)).padStart(6, '0')
  return `${new Date(epochMs).toISOString().slice(0, -1)}${nanoseconds}Z`
}

import { existsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { LogBuffer } from '../container-runtime.ts'
import { type LogProgress, rotatedPath } from './container-logs.ts'

type ReadOptions = Parameters<LogBuffer['read']>[0]

/** A log that nobody writes any more, found on disk. */
export function endedLog(path: string): LogProgress {
  return { path, generation: 0, ended: true, changed: () => Promise.resolve() }
}

/**
 * Reads a container's log as the kubelet's log endpoint does. Each item is one line with its newline; the last one has
 * none when the container did not write it. `sinceMs` is an instant of the cluster's clock.
 */
export function makeLogBuffer(log: LogProgress): LogBuffer {
  return { read: (options) => limitBytes(readLines(log, options), options.limitBytes) }
}

async function* limitBytes(lines: AsyncIterable<string>, limit: number | undefined): AsyncIterable<string> {
  let left = limit ?? Number.POSITIVE_INFINITY
  for await (const line of lines) {
    const bytes = Buffer.byteLength(line)
    if (bytes >= left) {
      yield Buffer.from(line).subarray(0, left).toString()
      return
    }
    left -= bytes
    yield line
  }
}

async function* readLines(log: LogProgress, options: ReadOptions): AsyncIterable<string> {
  let atLineStart = true
  for await (const record of readRecords(log, options)) {
    if (options.sinceMs !== undefined && Date.parse(record.time) < options.sinceMs) continue
    const stamp = options.timestamps && atLineStart ? `${record.time} ` : ''
    yield `${stamp}${record.text}${record.partial ? '' : '\n'}`
    atLineStart = !record.partial
  }
}

interface LogRecord {
  time: string
  partial: boolean
  text: string
}

function parseRecord(line: string): LogRecord | undefined {
  const match = /^(\S+) (?:stdout|stderr) ([FP]) (.*)$/s.exec(line)
  return match ? { time: match[1] ?? '', partial: match[2] === 'P', text: match[3] ?? '' } : undefined
}

async function* readRecords(log: LogProgress, options: ReadOptions): AsyncIterable<LogRecord> {
  for await (const line of readFileLines(log, options)) {
    const record = parseRecord(line)
    if (record) yield record
  }
}

async function* readFileLines(log: LogProgress, options: ReadOptions): AsyncIterable<string> {
  let generation = log.generation
  let file = await open(log.path, 'r')
  try {
    let position = 0
    if (options.tailLines !== undefined) {
      const tail = await findTail(file, options.tailLines)
      position = tail.position
      if (tail.missing > 0) yield* readOlder(log.path, tail.missing)
    } else {
      yield* readOlder(log.path, undefined)
    }

    let rest = ''
    const decoder = new TextDecoder()
    const buffer = Buffer.alloc(64 * 1024)
    while (!options.signal?.aborted) {
      const changed = log.changed()
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
      if (bytesRead > 0) {
        position += bytesRead
        const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n')
        rest = lines.pop() ?? ''
        yield* lines
      } else if (generation !== log.generation) {
        await file.close()
        generation = log.generation
        file = await open(log.path, 'r')
        position = 0
      } else if (!options.follow || log.ended) {
        return
      } else {
        await Promise.race([changed, aborted(options.signal)])
      }
    }
  } finally {
    await file.close()
  }
}

/** Lines of the rotated file: the last `count`, or all. */
async function* readOlder(path: string, count: number | undefined): AsyncIterable<string> {
  if (!existsSync(rotatedPath(path))) return
  const file = await open(rotatedPath(path), 'r')
  try {
    const lines = (await file.readFile('utf8')).split('\n').slice(0, -1)
    yield* count === undefined ? lines : lines.slice(-count)
  } finally {
    await file.close()
  }
}

/** Where the last `count` lines begin, and how many of them an older file must provide. */
async function findTail(file: FileHandle, count: number): Promise<{ position: number; missing: number }> {
  const { size } = await file.stat()
  if (count <= 0) return { position: size, missing: 0 }
  const buffer = Buffer.alloc(64 * 1024)
  let newlines = 0
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - buffer.length)
    await file.read(buffer, 0, end - start, start)
    for (let index = end - start - 1; index >= 0; index -= 1) {
      if (buffer[index] !== 10) continue
      newlines += 1
      if (newlines === count + 1) return { position: start + index + 1, missing: 0 }
    }
    end = start
  }
  return { position: 0, missing: count - newlines }
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
}

// Byte streams between the commands of a shell: pull on one side, push with back-pressure on the other.
import type { Readable, Writable } from 'node:stream'

/** Where a command reads. Bytes that were read too far can be put back, for `read` and here-documents. */
export interface ByteReader {
  /** The next bytes, or undefined at the end. A read whose signal aborts leaves the bytes to the next one. */
  read(signal?: AbortSignal): Promise<Buffer | undefined>
  unread(bytes: Buffer): void
  /** Says that nobody will read any more. */
  close(): void
  readonly isTerminal?: boolean
}

/** Where a command writes; rejects with BrokenPipe when nobody reads. */
export interface ByteWriter {
  write(data: Buffer | string): Promise<void>
  close(): void
  readonly isTerminal?: boolean
}

/** Thrown by a write that nobody will read; a command ends with 141 then, silently. */
export class BrokenPipe extends Error {
  constructor() {
    super('Broken pipe')
  }
}

/** Bytes that a pipe holds before its writer has to wait. */
const pipeSize = 64 * 1024

/** Wraps `pull` with the put-back that readers need. A read that was given up takes no bytes with it. */
export function makeReader(pull: () => Promise<Buffer | undefined>, close: () => void = () => {}): ByteReader {
  const back: Buffer[] = []
  let pending: Promise<boolean> | undefined
  const fetchMore = async () => {
    try {
      const chunk = await pull()
      if (chunk) back.unshift(chunk)
      return chunk !== undefined
    } finally {
      pending = undefined
    }
  }
  return {
    async read(signal) {
      for (;;) {
        const chunk = back.pop()
        if (chunk) return chunk
        pending ??= fetchMore()
        const hasMore = await pending
        if (signal?.aborted) throw new Error('the read was given up')
        if (!hasMore) return undefined
      }
    },
    unread(bytes) {
      if (bytes.length > 0) back.push(bytes)
    },
    close,
  }
}

/** A reader that is at its end. */
export const emptyReader = (): ByteReader => makeReader(() => Promise.resolve(undefined))

/** A reader of bytes that are there already. */
export function bytesReader(bytes: Buffer): ByteReader {
  let rest: Buffer | undefined = bytes
  return makeReader(() => {
    const all = rest
    rest = undefined
    return Promise.resolve(all?.length ? all : undefined)
  })
}

/** A writer that forgets. */
export const nullWriter: ByteWriter = { write: () => Promise.resolve(), close() {} }

/** Keeps what is written, as long as it fits into memory. */
export function makeCollector(): ByteWriter & { bytes(): Buffer } {
  const chunks: Buffer[] = []
  let size = 0
  return {
    write(data) {
      size += data.length
      if (size > mostAtOnce) return Promise.reject(new Error('out of memory'))
      chunks.push(Buffer.from(data))
      return Promise.resolve()
    },
    close() {},
    bytes: () => Buffer.concat(chunks),
  }
}

/** A pipe between two commands that run at the same time. */
export function makePipe(): { reader: ByteReader; writer: ByteWriter } {
  const queue: Buffer[] = []
  let queued = 0
  let ended = false
  let broken = false
  let wakeReader: (() => void) | undefined
  let wakeWriter: (() => void) | undefined

  const reader = makeReader(
    async () => {
      while (queue.length === 0 && !ended) await new Promise<void>((resolve) => (wakeReader = resolve))
      const chunk = queue.shift()
      queued -= chunk?.length ?? 0
      wakeWriter?.()
      return chunk
    },
    () => {
      broken = true
      queue.length = 0
      wakeWriter?.()
    },
  )
  const writer: ByteWriter = {
    async write(data) {
      if (broken) throw new BrokenPipe()
      if (data.length === 0) return
      const chunk = Buffer.from(data)
      queue.push(chunk)
      queued += chunk.length
      wakeReader?.()
      while (queued > pipeSize && !broken) await new Promise<void>((resolve) => (wakeWriter = resolve))
    },
    close() {
      ended = true
      wakeReader?.()
    },
  }
  return { reader, writer }
}

/** Reads a Node stream. */
export function nodeReader(stream: Readable): ByteReader {
  const chunks = stream.iterator({ destroyOnReturn: false })
  return makeReader(async () => {
    const { done, value } = await chunks.next().catch(() => ({ done: true, value: undefined }))
    return done ? undefined : Buffer.from(value as Buffer)
  })
}

/** Writes to a Node stream and waits while it is full. */
export function nodeWriter(stream: Writable): ByteWriter {
  let broken = false
  stream.on('error', () => {
    broken = true
  })
  stream.on('close', () => {
    broken = true
  })
  return {
    write(data) {
      if (broken) return Promise.reject(new BrokenPipe())
      return new Promise((resolve, reject) => {
        stream.write(data, (error) => (error ? reject(new BrokenPipe()) : resolve()))
      })
    },
    close() {},
  }
}

/** As much as a tool that needs all its input at once gets. */
const mostAtOnce = 64 * 1024 * 1024

/** All bytes that are left; throws as the C library does when they do not fit into memory. */
export async function readAll(reader: ByteReader): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for (let chunk = await reader.read(); chunk; chunk = await reader.read()) {
    size += chunk.length
    if (size > mostAtOnce) throw new Error('out of memory')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The next line without its newline, or undefined at the end; never takes a byte more from the stream than the line. */
export async function readLine(reader: ByteReader): Promise<{ text: string; ended: boolean } | undefined> {
  const chunks: Buffer[] = []
  for (;;) {
    const chunk = await reader.read()
    if (!chunk) {
      return chunks.length === 0 ? undefined : { text: Buffer.concat(chunks).toString(), ended: true }
    }
    const end = chunk.indexOf(10)
    if (end === -1) {
      chunks.push(chunk)
      continue
    }
    reader.unread(chunk.subarray(end + 1))
    chunks.push(chunk.subarray(0, end))
    return { text: Buffer.concat(chunks).toString(), ended: false }
  }
}

/** The lines that are left. */
export async function* readLines(reader: ByteReader): AsyncIterable<string> {
  let rest = ''
  const decoder = new TextDecoder()
  for (let chunk = await reader.read(); chunk; chunk = await reader.read()) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

// Header blocks of SPDY/3: names and values, compressed as one zlib stream per direction.
import { createInflate, type Inflate, constants as zlib } from 'node:zlib'
import { spdyDictionary } from './spdy-dictionary.ts'

/** Header names are lower-case; several values of one name are joined with commas. */
export type SpdyHeaders = Record<string, string>

// Names and values are a few words; a block that inflates beyond this is an attack.
const MAX_BLOCK_BYTES = 64 * 1024

/** Decompresses header blocks in the order of their frames. */
export interface HeaderReader {
  read(block: Buffer): Promise<SpdyHeaders>
  close(): void
}

/** Makes the reader of one connection. */
export function makeHeaderReader(): HeaderReader {
  const inflate = createInflate({ dictionary: spdyDictionary, finishFlush: zlib.Z_SYNC_FLUSH })
  inflate.on('error', () => {})
  return {
    async read(block) {
      return parseHeaders(await inflateBlock(inflate, block))
    },
    close: () => inflate.destroy(),
  }
}

function inflateBlock(inflate: Inflate, block: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (error?: Error | null) => {
      inflate.off('data', onData)
      inflate.off('error', settle)
      if (error) reject(error)
      else if (size > MAX_BLOCK_BYTES) reject(new Error('header block too large'))
      else resolve(Buffer.concat(chunks))
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAX_BLOCK_BYTES) chunks.push(chunk)
      else inflate.destroy()
    }
    inflate.on('data', onData)
    inflate.on('error', settle)
    // The callback comes after all output of the chunk.
    inflate.write(block, settle)
  })
}

function parseHeaders(block: Buffer): SpdyHeaders {
  const headers: SpdyHeaders = {}
  let at = 4
  const text = () => {
    const length = block.readUInt32BE(at)
    at += 4 + length
    if (at > block.length) throw new Error('header block ends early')
    return block.toString('utf8', at - length, at)
  }
  const count = block.readUInt32BE(0)
  for (let index = 0; index < count; index++) {
    const name = text().toLowerCase()
    headers[name] = text().replaceAll('\0', ',')
  }
  return headers
}

/**
 * Writes the header blocks of one connection. Blocks are stored, not compressed: replies carry no headers, and a
 * compressor would hold a quarter of a megabyte per connection.
 */
export function makeHeaderWriter(): (headers: SpdyHeaders) => Buffer {
  let isFirst = true
  return (headers) => {
    const content = serializeHeaders(headers)
    const stored = Buffer.alloc(5)
    stored.writeUInt16LE(content.length, 1)
    stored.writeUInt16LE(~content.length & 0xffff, 3)
    // An empty stored block makes the receiver hand out what it has.
    const flush = Buffer.from([0, 0, 0, 0xff, 0xff])
    const start = isFirst ? Buffer.from([0x78, 0x01]) : Buffer.alloc(0)
    isFirst = false
    return Buffer.concat([start, stored, content, flush])
  }
}

function serializeHeaders(headers: SpdyHeaders): Buffer {
  const entries = Object.entries(headers)
  const number = (value: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return bytes
  }
  const texts = entries.flat().map((text) => Buffer.from(text, 'utf8'))
  return Buffer.concat([number(entries.length), ...texts.flatMap((text) => [number(text.length), text])])
}

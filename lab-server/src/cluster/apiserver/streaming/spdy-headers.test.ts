import { createDeflate, createInflate, deflateSync, constants as zlib } from 'node:zlib'
import { expect, it } from 'vitest'
import { spdyDictionary } from './spdy-dictionary.ts'
import { makeHeaderReader, makeHeaderWriter } from './spdy-headers.ts'

/** Headers as a client compresses them: one zlib stream for all blocks, flushed after each. */
function compressor(): (headers: Record<string, string>) => Promise<Buffer> {
  const deflate = createDeflate({ dictionary: spdyDictionary, flush: zlib.Z_SYNC_FLUSH })
  const plain = makeHeaderWriter()
  let blocks = 0
  return (headers) =>
    new Promise((resolve) => {
      // Without the writer's framing: the zlib header once, five bytes before and after.
      const block = plain(headers).subarray(blocks++ === 0 ? 7 : 5, -5)
      const chunks: Buffer[] = []
      const collect = (chunk: Buffer) => chunks.push(chunk)
      deflate.on('data', collect)
      deflate.write(block, () => {
        deflate.off('data', collect)
        resolve(Buffer.concat(chunks))
      })
    })
}

it('has the dictionary that the protocol fixes', () => {
  // Every SPDY/3 header stream begins with the checksum of the dictionary.
  let [low, high] = [1, 0]
  for (const byte of spdyDictionary) {
    low = (low + byte) % 65_521
    high = (high + low) % 65_521
  }
  expect(high * 65_536 + low).toBe(0xe3c6a7c2)
})

it('reads block after block of one stream', async () => {
  const compress = compressor()
  const reader = makeHeaderReader()
  expect(await reader.read(await compress({ streamtype: 'error' }))).toEqual({ streamtype: 'error' })
  const second = { streamtype: 'data', port: '8080', requestid: '0' }
  expect(await reader.read(await compress(second))).toEqual(second)
  reader.close()
})

it('refuses a block that inflates without measure', async () => {
  const bomb = deflateSync(Buffer.alloc(10_000_000), { dictionary: spdyDictionary })
  await expect(makeHeaderReader().read(bomb)).rejects.toThrow('header block too large')
})

it('writes blocks that any zlib reads, each complete as soon as it is there', async () => {
  const write = makeHeaderWriter()
  const inflate = createInflate()
  const sizes: number[] = []
  inflate.on('data', (chunk: Buffer) => sizes.push(chunk.length))
  for (const headers of [{}, { a: 'b' }] as Record<string, string>[]) {
    const block = write(headers)
    await new Promise<void>((resolve) => inflate.write(block, () => resolve()))
  }
  expect(sizes).toEqual([4, 14])
})

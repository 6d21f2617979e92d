// SPDY/3.1 frames as bytes. https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/

/** Types of control frames. */
export const FrameType = { SynStream: 1, SynReply: 2, Reset: 3, Settings: 4, Ping: 6, GoAway: 7, Headers: 8, Window: 9 }

const FIN = 0x01
const VERSION = 3
// kubectl sends some 32 KiB at a time; the format allows 16 MiB.
const MAX_FRAME_BYTES = 4 * 1024 * 1024

/** A frame as read. Control frames have a `type`, data frames a `streamId`. */
export type Frame =
  | { kind: 'control'; type: number; isLast: boolean; payload: Buffer }
  | { kind: 'data'; streamId: number; isLast: boolean; payload: Buffer }

/** Cuts a stream of bytes into frames. */
export interface FrameReader {
  /** The frames that are complete with this chunk. Throws where the bytes are no SPDY. */
  push(chunk: Buffer): Frame[]
}

/** Makes the reader of one connection. */
export function makeFrameReader(): FrameReader {
  let pending: Buffer[] = []
  let pendingBytes = 0
  let wanted = 8
  return {
    push(chunk) {
      pending.push(chunk)
      pendingBytes += chunk.length
      if (pendingBytes < wanted) return []
      let bytes = pending.length === 1 ? chunk : Buffer.concat(pending)
      const frames: Frame[] = []
      for (;;) {
        wanted = 8
        if (bytes.length < 8) break
        const length = bytes.readUIntBE(5, 3)
        if (length > MAX_FRAME_BYTES) throw new Error(`frame of ${length} bytes`)
        wanted = 8 + length
        if (bytes.length < wanted) break
        frames.push(parseFrame(bytes.subarray(0, wanted)))
        bytes = bytes.subarray(wanted)
      }
      pending = bytes.length > 0 ? [bytes] : []
      pendingBytes = bytes.length
      return frames
    },
  }
}

function parseFrame(bytes: Buffer): Frame {
  const head = bytes.readUInt32BE(0)
  const isLast = ((bytes[4] ?? 0) & FIN) !== 0
  const payload = bytes.subarray(8)
  if (head < 0x8000_0000) return { kind: 'data', streamId: head, isLast, payload }
  if (((head >>> 16) & 0x7fff) !== VERSION) throw new Error('not SPDY/3')
  return { kind: 'control', type: head & 0xffff, isLast, payload }
}

function frameHead(first: number, flags: number, length: number): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(first >>> 0, 0)
  head.writeUInt32BE(((flags << 24) | length) >>> 0, 4)
  return head
}

/** A control frame. */
export function controlFrame(type: number, payload: Buffer, isLast = false): Buffer {
  const head = frameHead(0x8000_0000 + VERSION * 0x10000 + type, isLast ? FIN : 0, payload.length)
  return Buffer.concat([head, payload])
}

/** A data frame. */
export function dataFrame(streamId: number, payload: Buffer, isLast = false): Buffer {
  return Buffer.concat([frameHead(streamId, isLast ? FIN : 0, payload.length), payload])
}

/** A control frame about one stream: its id, then whatever the type carries. */
export function streamFrame(type: number, streamId: number, rest: Buffer = Buffer.alloc(0), isLast = false): Buffer {
  const id = Buffer.alloc(4)
  id.writeUInt32BE(streamId)
  return controlFrame(type, Buffer.concat([id, rest]), isLast)
}

/** Ends a stream at once; status 5 is "cancel". */
export function resetFrame(streamId: number, status = 5): Buffer {
  const code = Buffer.alloc(4)
  code.writeUInt32BE(status)
  return streamFrame(FrameType.Reset, streamId, code)
}

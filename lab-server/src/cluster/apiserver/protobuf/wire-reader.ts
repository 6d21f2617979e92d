// The wire format of protocol buffers: a sequence of (number, wire type, value).
// https://protobuf.dev/programming-guides/encoding/

/** Why bytes are not a message. */
export class WireError extends Error {}

/** One field as it stands on the wire. */
export interface WireField {
  number: number
  /** For length-delimited fields (wire type 2); empty otherwise. */
  bytes: Uint8Array
  /** For varints (wire type 0), as a signed 64-bit integer. */
  integer: number
  /** For 64-bit fields (wire type 1). */
  double: number
  wireType: number
}

const NO_BYTES = new Uint8Array(0)

/** Reads the fields of one message in their order. Throws `WireError` where the bytes end early or make no sense. */
export function* readFields(message: Uint8Array): Generator<WireField> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  const cursor = { at: 0 }
  while (cursor.at < message.length) {
    const tag = readVarint(message, cursor)
    const field: WireField = { number: Math.floor(tag / 8), bytes: NO_BYTES, integer: 0, double: 0, wireType: tag % 8 }
    if (field.number <= 0) throw new WireError(`illegal tag ${field.number} (wire type ${field.wireType})`)
    switch (field.wireType) {
      case 0:
        field.integer = readVarint(message, cursor)
        break
      case 1:
        field.double = view.getFloat64(advance(message, cursor, 8), true)
        break
      case 2: {
        const length = readVarint(message, cursor)
        if (length < 0) throw new WireError('negative length found during unmarshaling')
        const start = advance(message, cursor, length)
        field.bytes = message.subarray(start, start + length)
        break
      }
      case 5:
        field.double = view.getFloat32(advance(message, cursor, 4), true)
        break
      default:
        throw new WireError(`illegal wireType ${field.wireType}`)
    }
    yield field
  }
}

function advance(message: Uint8Array, cursor: { at: number }, length: number): number {
  const start = cursor.at
  if (start + length > message.length) throw new WireError('unexpected EOF')
  cursor.at = start + length
  return start
}

function readVarint(message: Uint8Array, cursor: { at: number }): number {
  let result = 0
  let factor = 1
  const start = cursor.at
  for (let index = 0; index < 10; index++) {
    const byte = message[cursor.at]
    if (byte === undefined) throw new WireError('unexpected EOF')
    cursor.at++
    result += (byte & 0x7f) * factor
    factor *= 128
    if (byte < 0x80) return index < 7 ? result : readWideVarint(message.subarray(start, cursor.at))
  }
  throw new WireError('integer overflow')
}

// Beyond 49 bits, which is where negative numbers are, doubles are not exact.
function readWideVarint(bytes: Uint8Array): number {
  let result = 0n
  for (const [index, byte] of bytes.entries()) result |= BigInt(byte & 0x7f) << BigInt(7 * index)
  return Number(BigInt.asIntN(64, result))
}

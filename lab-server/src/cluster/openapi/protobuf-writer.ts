// Writes the protobuf wire format: enough for messages of strings, booleans and messages.

/** Collects the fields of one message. */
export interface MessageWriter {
  /** Nothing is written for absent or empty text. */
  text(field: number, value: string | undefined): void
  /** Nothing is written for false. */
  flag(field: number, value: boolean | undefined): void
  message(field: number, fill: (writer: MessageWriter) => void): void
  bytes(): Buffer
}

/** Makes an empty message. */
export function makeMessageWriter(): MessageWriter {
  const parts: Buffer[] = []
  const delimited = (field: number, content: Buffer) => {
    parts.push(varint(field * 8 + 2), varint(content.length), content)
  }
  return {
    text(field, value) {
      if (value) delimited(field, Buffer.from(value))
    },
    flag(field, value) {
      if (value) parts.push(varint(field * 8), varint(1))
    },
    message(field, fill) {
      const inner = makeMessageWriter()
      fill(inner)
      delimited(field, inner.bytes())
    },
    bytes: () => Buffer.concat(parts),
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}

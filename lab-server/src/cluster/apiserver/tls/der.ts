// The few pieces of ASN.1 DER that a certificate is made of. A library for this costs more to import than the whole server.

/** One encoded value: tag, length, content. */
export function encode(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const length: number[] = []
  for (let rest = body.length; rest > 0; rest >>= 8) length.unshift(rest & 0xff)
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length, ...length]), body])
}

/** An ordered collection. */
export const sequence = (...items: Uint8Array[]) => encode(0x30, ...items)

/** An unordered collection; with one item here, so its order does not matter. */
export const set = (...items: Uint8Array[]) => encode(0x31, ...items)

/** A value with a context-specific tag around it. */
export const tagged = (number: number, ...items: Uint8Array[]) => encode(0xa0 | number, ...items)

/** A positive whole number given by its bytes. */
export function integer(bytes: Uint8Array): Buffer {
  const isNegative = ((bytes[0] ?? 0) & 0x80) !== 0
  return encode(0x02, isNegative ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
}

/** True or false. */
export const boolean = (value: boolean) => encode(0x01, Buffer.from([value ? 0xff : 0]))

/** Raw bytes. */
export const octets = (bytes: Uint8Array) => encode(0x04, bytes)

/** Bits, the last `unused` of which do not count. */
export const bits = (bytes: Uint8Array, unused = 0) => encode(0x03, Buffer.from([unused]), bytes)

/** Text. */
export const utf8 = (text: string) => encode(0x0c, Buffer.from(text))

/** An object identifier in dotted form. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const group = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) group.unshift((left & 0x7f) | 0x80)
    bytes.push(...group)
  }
  return encode(0x06, Buffer.from(bytes))
}

/** An instant: two-digit years until 2049, four digits from then on, as X.509 wants it. */
export function time(epochMs: number): Buffer {
  const text = `${new Date(epochMs).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`
  return text < '2050' ? encode(0x17, Buffer.from(text.slice(2))) : encode(0x18, Buffer.from(text))
}

// DNS messages on the wire (RFC 1035): what the cluster's server and the pods' resolver need of them.

export type RecordType = 'A' | 'CNAME' | 'PTR' | 'SRV' | 'SOA' | 'TXT' | 'AAAA' | 'NS' | 'ANY'
export type ResponseCode = 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED'

export interface Question {
  name: string
  /** The type's number; see `typeNumbers`. */
  type: number
}

export type ResourceRecord = { name: string; ttl: number } & (
  | { type: 'A'; address: string }
  | { type: 'CNAME' | 'PTR'; target: string }
  | { type: 'SRV'; priority: number; weight: number; port: number; target: string }
  | { type: 'SOA'; primary: string; mailbox: string; serial: number }
)

export interface Response {
  code: ResponseCode
  answers: ResourceRecord[]
  authority?: ResourceRecord[]
  additional?: ResourceRecord[]
}

export const typeNumbers: Record<RecordType, number> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  ANY: 255,
}
const codes: ResponseCode[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']

/** Writes a query for one name. */
export function encodeQuery(id: number, { name, type }: Question): Buffer {
  return Buffer.concat([header(id, 0x0100, [1, 0, 0, 0]), encodeName(name), shorts(type, 1)])
}

/** Reads the id and the first question of a query; undefined when it is none. */
export function decodeQuery(message: Buffer): { id: number; question: Question; isRecursive: boolean } | undefined {
  if (message.length < 17) return undefined
  const flags = message.readUInt16BE(2)
  if (flags & 0x8000 || message.readUInt16BE(4) !== 1) return undefined
  const read = readName(message, 12)
  if (!read || read.next + 4 > message.length) return undefined
  const question = { name: read.name, type: message.readUInt16BE(read.next) }
  return { id: message.readUInt16BE(0), question, isRecursive: (flags & 0x0100) !== 0 }
}

/** Writes the answer to a question; over UDP, one that is longer than `limit` is cut and marked so. */
export function encodeResponse(id: number, question: Question, response: Response, limit = 65_535): Buffer {
  const { code, answers, authority = [], additional = [] } = response
  const flags = 0x8580 | codes.indexOf(code)
  const asked = Buffer.concat([encodeName(question.name), shorts(question.type, 1)])
  const counts = [1, answers.length, authority.length, additional.length]
  const records = [...answers, ...authority, ...additional].map(encodeRecord)
  const message = Buffer.concat([header(id, flags, counts), asked, ...records])
  if (message.length <= limit) return message
  return Buffer.concat([header(id, flags | 0x0200, [1, 0, 0, 0]), asked])
}

export interface DecodedResponse {
  id: number
  code: ResponseCode
  isTruncated: boolean
  answers: ResourceRecord[]
}

/** Reads a response: its code, and the records of its answer section; undefined when it is malformed. */
export function decodeResponse(message: Buffer): DecodedResponse | undefined {
  try {
    return readResponse(message)
  } catch {
    return undefined // A length in it points behind its end.
  }
}

function readResponse(message: Buffer): DecodedResponse | undefined {
  if (message.length < 12) return undefined
  const flags = message.readUInt16BE(2)
  let offset = 12
  for (let left = message.readUInt16BE(4); left > 0; left -= 1) {
    const read = readName(message, offset)
    if (!read) return undefined
    offset = read.next + 4
  }
  const answers: ResourceRecord[] = []
  for (let left = message.readUInt16BE(6); left > 0; left -= 1) {
    const read = readName(message, offset)
    if (!read || read.next + 10 > message.length) return undefined
    const [type, ttl] = [message.readUInt16BE(read.next), message.readUInt32BE(read.next + 4)]
    const start = read.next + 10
    const length = message.readUInt16BE(read.next + 8)
    const record = readRecord(message, { name: read.name, ttl }, type, start)
    if (record) answers.push(record)
    offset = start + length
  }
  const code = codes[flags & 15] ?? 'SERVFAIL'
  return { id: message.readUInt16BE(0), code, isTruncated: (flags & 0x0200) !== 0, answers }
}

function readRecord(
  message: Buffer,
  base: { name: string; ttl: number },
  type: number,
  at: number,
): ResourceRecord | undefined {
  if (type === typeNumbers.A) return { ...base, type: 'A', address: [...message.subarray(at, at + 4)].join('.') }
  if (type === typeNumbers.CNAME || type === typeNumbers.PTR) {
    const target = readName(message, at)?.name ?? ''
    return { ...base, type: type === typeNumbers.PTR ? 'PTR' : 'CNAME', target }
  }
  if (type !== typeNumbers.SRV) return undefined
  const [priority, weight, port] = [
    message.readUInt16BE(at),
    message.readUInt16BE(at + 2),
    message.readUInt16BE(at + 4),
  ]
  return { ...base, type: 'SRV', priority, weight, port, target: readName(message, at + 6)?.name ?? '' }
}

function encodeRecord(record: ResourceRecord): Buffer {
  const data = encodeData(record)
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(typeNumbers[record.type], 0)
  fixed.writeUInt16BE(1, 2)
  fixed.writeUInt32BE(record.ttl, 4)
  fixed.writeUInt16BE(data.length, 8)
  return Buffer.concat([encodeName(record.name), fixed, data])
}

function encodeData(record: ResourceRecord): Buffer {
  switch (record.type) {
    case 'A':
      return Buffer.from(record.address.split('.').map(Number))
    case 'CNAME':
    case 'PTR':
      return encodeName(record.target)
    case 'SRV':
      return Buffer.concat([shorts(record.priority, record.weight, record.port), encodeName(record.target)])
    case 'SOA': {
      const numbers = Buffer.alloc(20)
      for (const [index, value] of [record.serial, 7200, 1800, 86_400, 5].entries())
        numbers.writeUInt32BE(value, index * 4)
      return Buffer.concat([encodeName(record.primary), encodeName(record.mailbox), numbers])
    }
  }
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '')
  const parts = labels.map((label) => {
    const bytes = Buffer.from(label, 'latin1').subarray(0, 63)
    return Buffer.concat([Buffer.from([bytes.length]), bytes])
  })
  return Buffer.concat([...parts, Buffer.from([0])])
}

function readName(message: Buffer, at: number): { name: string; next: number } | undefined {
  const labels: string[] = []
  let offset = at
  let next = -1
  for (let steps = 0; steps < 128; steps += 1) {
    const length = message[offset]
    if (length === undefined) return undefined
    if (length === 0) return { name: labels.join('.'), next: next < 0 ? offset + 1 : next }
    if (length >= 0xc0) {
      if (next < 0) next = offset + 2
      offset = ((length & 0x3f) << 8) | (message[offset + 1] ?? 0)
      continue
    }
    labels.push(message.toString('latin1', offset + 1, offset + 1 + length))
    offset += length + 1
  }
  return undefined
}

function header(id: number, flags: number, counts: number[]): Buffer {
  return shorts(id, flags, ...counts)
}

function shorts(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) buffer.writeUInt16BE(value & 0xffff, index * 2)
  return buffer
}

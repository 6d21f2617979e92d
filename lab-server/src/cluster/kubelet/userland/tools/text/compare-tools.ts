// cmp and cksum: files byte by byte.
import { readAll } from '../../byte-stream.ts'
import type { Tool } from '../../task.ts'
import { parseOptions } from '../options.ts'
import { eachOperand } from '../stream-tools.ts'
import { usageFailure } from '../usage.ts'
import { readCompared } from './line-tools.ts'

const cmp: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'lsn:')
  const [first, second = '-', skipFirst = '0', skipSecond = '0'] = operands
  if (first === undefined) throw usageFailure('cmp', 2)
  const limit = value.has('n') ? Number(value.get('n')) : undefined
  const piece = (data: Buffer, skip: number) => data.subarray(skip, limit === undefined ? undefined : skip + limit)
  const left = piece(await readCompared(task, first), Number(skipFirst))
  const right = piece(await readCompared(task, second), Number(skipSecond))
  const shared = Math.min(left.length, right.length)
  let line = 1
  let status = 0
  for (let at = 0; at < shared; at += 1) {
    const [a = 0, b = 0] = [left[at], right[at]]
    if (a !== b) {
      status = 1
      if (has.has('s')) return 1
      if (!has.has('l')) {
        await task.stdout.write(`${first} ${second} differ: char ${at + 1}, line ${line}\n`)
        return 1
      }
      await task.stdout.write(`${at + 1} ${a.toString(8).padStart(3)} ${b.toString(8).padStart(3)}\n`)
    }
    if (a === 10) line += 1
  }
  if (left.length === right.length) return status
  if (!has.has('s')) await task.stderr.write(`cmp: EOF on ${left.length < right.length ? first : second}\n`)
  return 1
}

/** The polynomial of POSIX's cksum, highest bit first. */
const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24
  for (let bit = 0; bit < 8; bit += 1) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1
  return value
})

/** POSIX's checksum: of the bytes, then of their count. */
export function posixChecksum(data: Buffer): number {
  let value = 0
  const feed = (byte: number) => {
    value = (value << 8) ^ (crcTable[((value >>> 24) ^ byte) & 255] ?? 0)
  }
  for (const byte of data) feed(byte)
  for (let length = data.length; length > 0; length = Math.floor(length / 256)) feed(length & 255)
  return ~value >>> 0
}

const cksum: Tool = (task) => {
  const { operands } = parseOptions(task.argv, '')
  return eachOperand(task, operands, async (reader, name) => {
    const data = await readAll(reader)
    const shown = operands.length > 0 ? ` ${name}` : ''
    await task.stdout.write(`${posixChecksum(data)} ${data.length}${shown}\n`)
  })
}

export const compareTools: Record<string, Tool> = { cmp, cksum }

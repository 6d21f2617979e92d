// Bytes as numbers: hexdump, od, xxd.
import { readAll } from '../../byte-stream.ts'
import { type Task, type Tool, ToolFailure } from '../../task.ts'
import { parseOptions } from '../options.ts'
import { eachOperand } from '../stream-tools.ts'

const hex = (value: number | bigint, width: number) => value.toString(16).padStart(width, '0')
const printable = (byte: number) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')

/** A number with its base in front or behind: `16`, `0x10`, `020`, `1k`. */
function count(text: string | undefined): number | undefined {
  const match = /^(0x[0-9a-f]+|\d+)([bkm]?)$/i.exec(text ?? '')
  if (!match) return undefined
  const digits = match[1] ?? ''
  const value = /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  return value * ({ b: 512, k: 1024, m: 1024 ** 2 }[(match[2] ?? '').toLowerCase()] ?? 1)
}

async function gather(task: Task, names: string[]): Promise<{ data: Buffer; status: number }> {
  const parts: Buffer[] = []
  const phrase = (name: string, problem: string) => `${name}: ${problem}`
  const status = await eachOperand(task, names, async (reader) => void parts.push(await readAll(reader)), phrase)
  return { data: Buffer.concat(parts), status }
}

/** What is left of the bytes after those that are skipped, up to a limit. */
const piece = (data: Buffer, skipped: number, limit: number | undefined) =>
  data.subarray(skipped, limit === undefined ? undefined : skipped + limit)

/** One way to show a block of sixteen bytes. */
interface Format {
  /** Bytes of one number, and the columns it takes with the blanks in front. */
  size: number
  width: number
  show(bytes: Buffer): string
}

const little = (bytes: Buffer) => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n)
const signed = (bytes: Buffer) => BigInt.asIntN(bytes.length * 8, little(bytes))
const named: Record<number, string> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
}
const character: Format = {
  size: 1,
  width: 4,
  show: ([byte = 0]) =>
    named[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0')),
}
const control =
  'nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp'.split(
    ' ',
  )
const octal = (size: number, width: number): Format => ({
  size,
  width,
  show: (bytes) =>
    little(bytes)
      .toString(8)
      .padStart(Math.ceil((size * 8) / 3), '0'),
})
const hexadecimal = (size: number, width: number): Format => ({
  size,
  width,
  show: (bytes) => hex(little(bytes), size * 2),
})

/** Lines of blocks: equal ones are a star unless all are wanted. */
function dumpLines(
  data: Buffer,
  options: { all: boolean; start: number; perLine?: number; offset(at: number): string; line(block: Buffer): string[] },
): string {
  const { perLine = 16 } = options
  let text = ''
  let last: Buffer | undefined
  let isStarred = false
  for (let at = 0; at < data.length; at += perLine) {
    const block = data.subarray(at, at + perLine)
    if (!options.all && last?.equals(block)) {
      if (!isStarred) text += '*\n'
      isStarred = true
      continue
    }
    isStarred = false
    last = block
    const offset = options.offset(options.start + at)
    for (const [index, line] of options.line(block).entries())
      text += `${index === 0 ? offset : ' '.repeat(offset.length)}${line}\n`
  }
  const end = data.length > 0 ? options.offset(options.start + data.length) : ''
  return end === '' ? text : `${text}${end}\n`
}

/** The numbers of a block, each right-aligned in its column. */
function cells(block: Buffer, { size, width, show }: Format): string {
  let text = ''
  for (let at = 0; at < block.length; at += size) {
    const number = Buffer.alloc(size)
    block.copy(number, 0, at, at + size)
    text += show(number).padStart(width)
  }
  return text
}

function canonical(block: Buffer): string {
  const half = (from: number) => [...block.subarray(from, from + 8)].map((byte) => hex(byte, 2)).join(' ')
  return `  ${`${half(0).padEnd(23)}  ${half(8)}`.padEnd(48)}  |${[...block].map(printable).join('')}|`
}

const hexdumpFormats: Record<string, Format> = {
  b: octal(1, 4),
  c: character,
  d: { size: 2, width: 8, show: (bytes) => little(bytes).toString().padStart(5, '0') },
  o: octal(2, 8),
  x: hexadecimal(2, 8),
}

const hexdump: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'bcdoxCve:f:n:s:')
  if (value.has('e') || value.has('f')) throw new ToolFailure('hexdump: bad format')
  const { data, status } = await gather(task, operands)
  const skipped = count(value.get('s')) ?? 0
  const limit = count(value.get('n'))
  const wanted = piece(data, skipped, limit)
  const isCanonical = has.has('C') || task.argv[0]?.endsWith('hd') === true
  const letters = ['b', 'c', 'd', 'o', 'x'].filter((letter) => has.has(letter))
  const formats = letters.map((letter) => hexdumpFormats[letter] ?? hexadecimal(2, 5))
  const chosen = formats.length > 0 ? formats : [hexadecimal(2, 5)]
  const width = (format: Format) => (16 / format.size) * format.width
  const line = (block: Buffer) => [
    ...(isCanonical ? [canonical(block)] : []),
    ...(isCanonical && formats.length === 0 ? [] : chosen.map((format) => cells(block, format).padEnd(width(format)))),
  ]
  const offset = (at: number) => hex(at, isCanonical ? 8 : 7)
  await task.stdout.write(dumpLines(wanted, { all: has.has('v'), start: skipped, offset, line }))
  return status
}

/** The format that `od -t` names, or one of the old letters. */
function odFormat(type: string): Format {
  const [letter = 'o', digits = ''] = [type[0], type.slice(1).replace(/z$/, '')]
  if (letter === 'c') return character
  if (letter === 'a') {
    return {
      size: 1,
      width: 4,
      show: ([byte = 0]) => (byte === 127 ? 'del' : (control[byte & 127] ?? String.fromCharCode(byte & 127))),
    }
  }
  const size = { C: 1, S: 2, I: 4, L: 8, '': 4 }[digits] ?? Number(digits)
  if (![1, 2, 4, 8].includes(size) || !'oxdu'.includes(letter))
    throw new ToolFailure(`od: invalid type string '${type}'`)
  const most =
    letter === 'o' ? Math.ceil((size * 8) / 3) : letter === 'x' ? size * 2 : ({ 1: 3, 2: 5, 4: 10, 8: 20 }[size] ?? 0)
  const width = most + 1 + Number(letter === 'd')
  if (letter === 'o') return octal(size, width)
  if (letter === 'x') return hexadecimal(size, width)
  return { size, width, show: (bytes) => (letter === 'd' ? signed(bytes) : little(bytes)).toString() }
}

const odLetters: Record<string, string> = {
  a: 'a',
  b: 'o1',
  c: 'c',
  d: 'u2',
  h: 'x2',
  i: 'd4',
  l: 'd8',
  o: 'o2',
  s: 'd2',
  x: 'x2',
}

const od: Tool = async (task) => {
  const { has, value, values, operands } = parseOptions(task.argv, 'abcdfhilovxst:A:N:j:S:w:')
  const letters = Object.keys(odLetters).filter((letter) => has.has(letter))
  const types = [
    ...letters.map((letter) => odLetters[letter] ?? 'o2'),
    ...values('t').flatMap((text) => text.match(/[a-z][0-9CSIL]*z?/g) ?? []),
  ]
  const formats = (types.length > 0 ? types : ['o2']).map(odFormat)
  const { data, status } = await gather(task, operands)
  const skipped = count(value.get('j')) ?? 0
  const limit = count(value.get('N'))
  const radix = value.get('A') ?? 'o'
  const offset = (at: number) =>
    radix === 'n'
      ? ''
      : radix === 'x'
        ? hex(at, 6)
        : radix === 'd'
          ? String(at).padStart(7, '0')
          : at.toString(8).padStart(7, '0')
  await task.stdout.write(
    dumpLines(piece(data, skipped, limit), {
      all: has.has('v'),
      start: skipped,
      perLine: count(value.get('w')) ?? 16,
      offset,
      line: (block) => formats.map((format) => cells(block, format)),
    }),
  )
  return status
}

const xxd: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'pria:g:c:l:s:o:n:')
  const { data, status } = await gather(task, operands.slice(0, 1))
  if (has.has('r')) {
    const lines = data.toString('latin1').split('\n')
    const digits = lines.map((line) =>
      has.has('p') ? line : (line.replace(/^[0-9a-f]+:/i, '').split(/ {2}/)[0] ?? ''),
    )
    await task.stdout.write(Buffer.from(digits.join('').replaceAll(/\s/g, ''), 'hex'))
    return status
  }
  const skipped = count(value.get('s')) ?? 0
  const limit = count(value.get('l') ?? value.get('n'))
  const wanted = piece(data, skipped, limit)
  const perLine = count(value.get('c')) ?? (has.has('p') ? 30 : has.has('i') ? 12 : 16)
  const group = count(value.get('g')) || (value.has('g') ? perLine : 2)
  let text = ''
  for (let at = 0; at < wanted.length; at += perLine) {
    const block = wanted.subarray(at, at + perLine)
    if (has.has('p')) text += `${block.toString('hex')}\n`
    else if (has.has('i'))
      text += `  ${[...block].map((byte) => `0x${hex(byte, 2)}`).join(', ')}${at + perLine < wanted.length ? ',' : ''}\n`
    else {
      const shown = [...block]
        .map((byte, index) => `${index > 0 && index % group === 0 ? ' ' : ''}${hex(byte, 2)}`)
        .join('')
      const width = perLine * 2 + Math.ceil(perLine / group) - 1
      text += `${hex(skipped + at + (count(value.get('o')) ?? 0), 8)}: ${shown.padEnd(width)}  ${[...block].map(printable).join('')}\n`
    }
  }
  await task.stdout.write(text)
  return status
}

export const dumpTools: Record<string, Tool> = { hexdump, hd: hexdump, od, xxd }

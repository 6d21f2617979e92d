// tr: replaces, squeezes or deletes bytes.
import type { Tool } from '../../task.ts'
import { parseOptions } from '../options.ts'
import { usageFailure } from '../usage.ts'

const escapes: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }

const inRange = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
const codes = (text: string) => [...text].map((char) => char.charCodeAt(0))
const digits = inRange(48, 57)
const upper = inRange(65, 90)
const lower = inRange(97, 122)
const punctuation = inRange(33, 126).filter((code) => ![...digits, ...upper, ...lower].includes(code))
const classes: Record<string, number[]> = {
  alnum: [...digits, ...upper, ...lower],
  alpha: [...upper, ...lower],
  blank: codes('\t '),
  cntrl: [...inRange(0, 31), 127],
  digit: digits,
  graph: inRange(33, 126),
  lower,
  print: inRange(32, 126),
  punct: punctuation,
  space: codes('\t\n\v\f\r '),
  upper,
  xdigit: [...digits, ...codes('ABCDEFabcdef')],
}

/** The bytes that a set names: escapes, ranges, classes. */
export function expandSet(set: string): number[] {
  const tokens = [...set.matchAll(/\[:(\w+):\]|\[=(.)=\]|\\([0-7]{1,3})|\\(.)|(.)/gs)]
  const result: number[] = []
  const codeOf = (token: RegExpMatchArray | undefined) => {
    const [, , , octal, letter, plain = ''] = token ?? []
    if (octal !== undefined) return Number.parseInt(octal, 8) & 255
    if (letter !== undefined) return escapes[letter] ?? letter.charCodeAt(0)
    return plain.charCodeAt(0)
  }
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index]
    const [, name, equal] = token ?? []
    const members = name === undefined ? undefined : classes[name]
    if (members) result.push(...members)
    else if (equal !== undefined) result.push(equal.charCodeAt(0))
    else if (tokens[index + 1]?.[0] === '-' && tokens[index + 2] !== undefined) {
      result.push(...inRange(codeOf(token), codeOf(tokens[index + 2])))
      index += 2
    } else result.push(codeOf(token))
  }
  return result.filter((code) => !Number.isNaN(code))
}

/** Which bytes are members, as a table: a set asks too long of each of a million bytes. */
function tableOf(members: number[]): Uint8Array {
  const table = new Uint8Array(256)
  for (const code of members) table[code] = 1
  return table
}

/** `tr [-cds] STRING1 [STRING2]` */
export const tr: Tool = async (task) => {
  const { has, operands } = parseOptions(
    task.argv,
    'cCdst',
    { delete: 'd', 'squeeze-repeats': 's', complement: 'c' },
    true,
  )
  const [first, second] = operands.map((text) => Buffer.from(text).toString('latin1'))
  if (first === undefined || operands.length > 2) throw usageFailure('tr')
  const deletes = has.has('d')
  const squeezes = has.has('s')
  if (second === undefined && !deletes && !squeezes) throw usageFailure('tr')

  const listed = expandSet(first)
  const from = has.has('c') || has.has('C') ? inRange(0, 255).filter((code) => !listed.includes(code)) : listed
  const to = second === undefined ? [] : expandSet(second)
  const map = Uint8Array.from(inRange(0, 255))
  // A shorter second set goes on with its last byte.
  if (!deletes && to.length > 0) for (const [index, code] of from.entries()) map[code] = to[index] ?? to.at(-1) ?? code
  const removed = tableOf(deletes ? from : [])
  const squeezed = tableOf(squeezes ? (second === undefined ? from : to) : [])

  let last = -1
  for (let chunk = await task.stdin.read(); chunk; chunk = await task.stdin.read()) {
    const kept = Buffer.allocUnsafe(chunk.length)
    let length = 0
    for (const byte of chunk) {
      if (removed[byte]) continue
      const code = map[byte] ?? byte
      if (code === last && squeezed[code]) continue
      kept[length++] = code
      last = code
    }
    await task.stdout.write(kept.subarray(0, length))
  }
  return 0
}

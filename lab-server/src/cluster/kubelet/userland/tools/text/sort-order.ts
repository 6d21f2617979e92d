// The order of `sort`: keys within a line, and what each letter of theirs compares. Pure.
import { shortMonths } from '../calendar-names.ts'

/** One `-k`: from a field to another, each with a place inside it. Fields and places count from one. */
export interface SortKey {
  start: { field: number; offset: number }
  /** A field of 0 is the end of the line, an offset of 0 the end of the field. */
  end: { field: number; offset: number }
  flags: ReadonlySet<string>
  skipEnd: boolean
}

/** Letters that a key may have of its own. */
const keyLetters = 'bdfghiMnrV'

/** Reads `2,2n`, `1.3,1.5`, `4`; undefined when it is none. */
export function parseSortKey(text: string): SortKey | undefined {
  const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(text)
  if (!match) return undefined
  const letters = `${match[3] ?? ''}${match[6] ?? ''}`
  if ([...letters].some((letter) => !keyLetters.includes(letter)) || Number(match[1]) === 0) return undefined
  return {
    start: { field: Number(match[1]), offset: Number(match[2] ?? 1) },
    end: { field: Number(match[4] ?? 0), offset: Number(match[5] ?? 0) },
    flags: new Set(letters),
    skipEnd: match[6]?.includes('b') ?? false,
  }
}

/** Where field `number` begins and ends; past the last one, both are the end of the line. */
function fieldBounds(line: string, number: number, separator: string | undefined): [from: number, to: number] {
  let from = 0
  for (let field = 1; ; field += 1) {
    const to = fieldEnd(line, from, separator)
    if (field === number) return [from, to]
    if (to >= line.length) return [line.length, line.length]
    // Blanks in front belong to the field; a separator belongs to none.
    from = separator === undefined ? to : to + 1
  }
}

function fieldEnd(line: string, from: number, separator: string | undefined): number {
  if (separator !== undefined) {
    const at = line.indexOf(separator, from)
    return at === -1 ? line.length : at
  }
  const word = /[ \t]*[^ \t]*/y
  word.lastIndex = from
  word.test(line)
  return word.lastIndex
}

const blanksFrom = (line: string, from: number) => {
  let at = from
  while (line[at] === ' ' || line[at] === '\t') at += 1
  return at
}

function keyText(line: string, { start, end, skipEnd }: SortKey, flags: ReadonlySet<string>, separator?: string) {
  let [from] = fieldBounds(line, start.field, separator)
  if (flags.has('b')) from = blanksFrom(line, from)
  let to = line.length
  if (end.field > 0) {
    const [begin, finish] = fieldBounds(line, end.field, separator)
    to = end.offset === 0 ? finish : Math.min((skipEnd ? blanksFrom(line, begin) : begin) + end.offset, finish)
  }
  return line.slice(from + start.offset - 1, Math.max(to, from + start.offset - 1))
}

const lowerMonths = shortMonths.map((name) => name.toLowerCase())
const monthOf = (text: string) => lowerMonths.indexOf(text.trimStart().slice(0, 3).toLowerCase())
const numberOf = (text: string) => Number(/^\s*([-+]?(?:\d+\.?\d*|\.\d+))/.exec(text)?.[1] ?? 0)
const floatOf = (text: string) => Number.parseFloat(text.trimStart().replace(/^([-+]?)inf/i, '$1Infinity'))
const suffixes = 'kmgtpezy'

/** The size of the unit counts before the number, as for `1K` and `900`. */
function humanOf(text: string): number {
  const suffix = /^\s*[-+]?[\d.]+\s*([kmgtpezy])/i.exec(text)?.[1]
  return numberOf(text) * (suffix === undefined ? 1 : 1024 ** (suffixes.indexOf(suffix.toLowerCase()) + 1))
}

const compare = <T extends number | string>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0)

/** Digits in a row count as one number. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.match(/\d+|\D+/g) ?? [])
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index += 1) {
    const [one = '', two = ''] = [left?.[index], right?.[index]]
    const bothNumbers = /^\d/.test(one) && /^\d/.test(two)
    const order = bothNumbers ? compare(Number(one), Number(two)) : compare(one, two)
    if (order !== 0) return order
  }
  return 0
}

function compareFloats(a: string, b: string): number {
  const [x, y] = [floatOf(a), floatOf(b)]
  // What is no number comes first.
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(y)) - Number(Number.isNaN(x))
  return compare(x, y)
}

function compareTexts(a: string, b: string, flags: ReadonlySet<string>): number {
  const prepare = (text: string) => {
    let plain = text
    if (flags.has('d')) plain = plain.replaceAll(/[^A-Za-z0-9 \t]/g, '')
    if (flags.has('i')) plain = plain.replaceAll(/[^ -~]/g, '')
    return flags.has('f') ? plain.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()) : plain
  }
  return compare(prepare(a), prepare(b))
}

function compareKeys(a: string, b: string, flags: ReadonlySet<string>): number {
  if (flags.has('n')) return compare(numberOf(a), numberOf(b))
  if (flags.has('g')) return compareFloats(a, b)
  if (flags.has('h')) return compare(humanOf(a), humanOf(b))
  if (flags.has('M')) return compare(monthOf(a), monthOf(b))
  if (flags.has('V')) return compareVersions(a, b)
  return compareTexts(a, b, flags)
}

/** Compares two lines; keys without letters of their own take those of the command line. */
export function lineOrder(keys: readonly SortKey[], flags: ReadonlySet<string>, separator: string | undefined) {
  const whole: SortKey = { start: { field: 1, offset: 1 }, end: { field: 0, offset: 0 }, flags, skipEnd: false }
  const isStable = flags.has('s')
  return (a: string, b: string): number => {
    for (const key of keys.length > 0 ? keys : [whole]) {
      const own = key.flags.size > 0 ? key.flags : flags
      const order = compareKeys(keyText(a, key, own, separator), keyText(b, key, own, separator), own)
      if (order !== 0) return own.has('r') ? -order : order
    }
    if (isStable) return 0
    return flags.has('r') ? compare(b, a) : compare(a, b)
  }
}

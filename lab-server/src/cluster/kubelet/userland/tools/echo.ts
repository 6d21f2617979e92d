import { type Tool, ToolFailure } from '../task.ts'

const escapes: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  e: '\x1b',
}

/** A byte above ASCII, as a lone half of a surrogate pair, which no text has otherwise. */
const byteMark = (byte: number) => String.fromCharCode(byte < 128 ? byte : 0xdc00 + byte)

/** Text with its marked bytes as bytes. */
const withBytes = (text: string): Buffer =>
  Buffer.concat(
    text
      .split(/(?<![\ud800-\udbff])([\udc80-\udcff])/)
      .map((part, index) => (index % 2 === 0 ? Buffer.from(part) : Buffer.from([part.charCodeAt(0) & 255]))),
  )

/** Resolves backslash escapes; `stopped` after `\c`. */
export function resolveEscapes(text: string, octalNeedsZero = false): { text: string; stopped: boolean } {
  let stopped = false
  const pattern = octalNeedsZero
    ? /\\(?:0([0-7]{0,3})|x([0-9a-fA-F]{1,2})|(.))/gs
    : /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))/gs
  const end = text.search(/(?<!\\)(?:\\\\)*\\c/)
  const upTo = end === -1 ? text : text.slice(0, text.indexOf('\\c', end))
  if (end !== -1) stopped = true
  const result = upTo.replace(pattern, (whole, octal?: string, hex?: string, char?: string) => {
    if (octal !== undefined) return byteMark(Number.parseInt(octal || '0', 8) & 255)
    if (hex !== undefined) return byteMark(Number.parseInt(hex, 16))
    return escapes[char ?? ''] ?? whole
  })
  return { text: result, stopped }
}

/** `echo [-neE] words` */
export const echo: Tool = async ({ argv, stdout }) => {
  const args = argv.slice(1)
  let newline = true
  let interprets = false
  while (args[0] && /^-[neE]+$/.test(args[0])) {
    const flags = args.shift() ?? ''
    if (flags.includes('n')) newline = false
    if (flags.includes('e')) interprets = true
    if (flags.includes('E')) interprets = false
  }
  const text = args.join(' ')
  const { text: shown, stopped } = interprets ? resolveEscapes(text, true) : { text, stopped: false }
  await stdout.write(withBytes(shown + (newline && !stopped ? '\n' : '')))
  return 0
}

/** `printf format words` */
export const printf: Tool = async ({ argv, stdout, stderr }) => {
  const [, format, ...args] = argv
  if (format === undefined) throw new ToolFailure('printf: usage: printf FORMAT [ARG...]', 1)
  let status = 0
  const values = [...args]
  do {
    const { text, used, invalid, stopped } = formatOnce(format, values)
    for (const word of invalid) {
      status = 1
      await stderr.write(`printf: invalid number '${word}'\n`)
    }
    await stdout.write(withBytes(text))
    if (used === 0 || stopped) break
  } while (values.length > 0)
  return status
}

function formatOnce(
  format: string,
  values: string[],
): { text: string; used: number; invalid: string[]; stopped: boolean } {
  let used = 0
  let stopped = false
  const invalid: string[] = []
  const take = () => {
    used += 1
    return values.shift()
  }
  const number = (text: string | undefined): number => {
    if (text === undefined || text === '') return 0
    if (/^["']/.test(text)) return text.codePointAt(1) ?? 0
    const value = /^[+-]?0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text)
    if (Number.isNaN(value)) invalid.push(text)
    return Number.isNaN(value) ? 0 : value
  }

  const pattern =
    /%%|%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?([a-zA-Z])|\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)|[^%\\]+|[%\\]/gs
  const text = format.replace(pattern, (whole, flags?: string, width?: string, precision?: string, kind?: string) => {
    if (stopped) return ''
    if (whole === '%%') return '%'
    if (whole.startsWith('\\')) return resolveEscapes(whole).text
    if (kind === undefined) return whole
    const wide = width === '*' ? number(take()) : Number(width ?? 0)
    const digits = precision === '*' ? number(take()) : precision === undefined ? undefined : Number(precision)
    if (kind === 'b') {
      const escaped = resolveEscapes(take() ?? '', true)
      stopped = escaped.stopped
      return pad(escaped.text, wide, flags ?? '')
    }
    return pad(
      convert(kind, kind === 's' || kind === 'c' ? (take() ?? '') : number(take()), digits, flags ?? ''),
      wide,
      flags ?? '',
    )
  })
  return { text, used, invalid, stopped }
}

function convert(kind: string, value: string | number, digits: number | undefined, flags: string): string {
  if (typeof value === 'string') return kind === 'c' ? value.slice(0, 1) : value.slice(0, digits)
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const whole = Math.abs(Math.trunc(value))
  switch (kind) {
    case 'd':
    case 'i':
      return sign + String(whole).padStart(digits ?? 0, '0')
    case 'u':
      return String(BigInt.asUintN(64, BigInt(Math.trunc(value))))
    case 'x':
      return (flags.includes('#') ? '0x' : '') + BigInt.asUintN(64, BigInt(Math.trunc(value))).toString(16)
    case 'X':
      return BigInt.asUintN(64, BigInt(Math.trunc(value)))
        .toString(16)
        .toUpperCase()
    case 'o':
      return BigInt.asUintN(64, BigInt(Math.trunc(value))).toString(8)
    case 'f':
      return sign + Math.abs(value).toFixed(digits ?? 6)
    case 'e':
      return (
        sign +
        Math.abs(value)
          .toExponential(digits ?? 6)
          .replace(/e([+-])(\d)$/, 'e$10$2')
      )
    case 'g':
      return String(value)
    default:
      return ''
  }
}

function pad(text: string, width: number, flags: string): string {
  if (flags.includes('-') || width < 0) return text.padEnd(Math.abs(width))
  if (flags.includes('0') && /^[-+]?[\d.]/.test(text)) {
    const sign = /^[-+]/.exec(text)?.[0] ?? ''
    return sign + text.slice(sign.length).padStart(width - sign.length, '0')
  }
  return text.padStart(width)
}

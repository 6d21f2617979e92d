import { posix } from 'node:path'
import { readLines } from '../byte-stream.ts'
import { type Task, type Tool, ToolFailure } from '../task.ts'
import { parseOptions } from './options.ts'
import { eachOperand } from './stream-tools.ts'

/** `grep`, line by line, so that it works behind `tail -f`. */
export const grep: Tool = async (task) => {
  const name = (task.argv[0] ?? '').split('/').at(-1)
  const { has, value, values, operands } = parseOptions(task.argv, 'EFGPivcnqlLorRswxhHm:e:f:A:B:C:az', {
    'ignore-case': 'i',
    'invert-match': 'v',
    count: 'c',
    quiet: 'q',
    color: 'a',
    colour: 'a',
    'line-buffered': 'a',
    'only-matching': 'o',
    'extended-regexp': 'E',
    'fixed-strings': 'F',
    recursive: 'r',
    'line-number': 'n',
  })
  const patterns = value.has('e')
    ? values('e')
    : value.has('f')
      ? []
      : [operands.shift() ?? fail('grep: missing pattern')]
  const patternFile = value.get('f')
  if (patternFile !== undefined)
    patterns.push(...(await task.system.fs.readFile(posix.resolve(task.cwd, patternFile))).trimEnd().split('\n'))
  const isFixed = has.has('F') || name === 'fgrep'
  const isExtended = has.has('E') || has.has('P') || name === 'egrep'
  const matcher = makeMatcher(
    patterns.flatMap((pattern) => pattern.split('\n')),
    { isFixed, isExtended, has },
  )
  const isRecursive = has.has('r') || has.has('R')
  const files = isRecursive ? await walk(task, operands.length > 0 ? operands : ['.']) : operands
  const showName = has.has('H') || (!has.has('h') && (files.length > 1 || isRecursive))

  let found = false
  const status = await eachOperand(
    task,
    files,
    async (reader, file) => {
      const prefix = showName ? `${file === '-' ? '(standard input)' : file}` : ''
      const count = await search(task, readLines(reader), { matcher, has, value, prefix })
      found ||= count > 0
    },
    (file, problem) => `${file}: ${problem}`,
  )
  if (found && has.has('q')) return 0
  return status !== 0 ? 2 : found ? 0 : 1
}

function fail(message: string): never {
  throw new ToolFailure(message, 2)
}

interface Search {
  matcher: RegExp
  has: ReadonlySet<string>
  value: ReadonlyMap<string, string>
  prefix: string
}

async function search(
  task: Task,
  lines: AsyncIterable<string>,
  { matcher, has, value, prefix }: Search,
): Promise<number> {
  const most = Number(value.get('m') ?? Number.POSITIVE_INFINITY)
  const after = Number(value.get('A') ?? value.get('C') ?? 0)
  const before = Number(value.get('B') ?? value.get('C') ?? 0)
  const silent = has.has('q') || has.has('c') || has.has('l') || has.has('L')
  const earlier: { number: number; line: string }[] = []
  let count = 0
  let number = 0
  let afterLeft = 0
  let lastShown = 0
  const show = (text: string, at: number, mark: string) =>
    task.stdout.write(`${prefix ? `${prefix}${mark}` : ''}${has.has('n') ? `${at}${mark}` : ''}${text}\n`)

  for await (const line of lines) {
    number += 1
    const matches = [...line.matchAll(matcher)]
    const isHit = matches.length > 0 !== has.has('v')
    if (isHit) {
      count += 1
      if (has.has('q') || has.has('l')) break
      if (!silent) {
        if (lastShown > 0 && number - earlier.length > lastShown + 1 && (before > 0 || after > 0))
          await task.stdout.write('--\n')
        for (const one of earlier) await show(one.line, one.number, '-')
        if (has.has('o')) for (const match of matches) await show(match[0], number, ':')
        else await show(line, number, ':')
        lastShown = number
      }
      earlier.length = 0
      afterLeft = after
      if (count >= most && after === 0) break
    } else if (afterLeft > 0 && !silent) {
      afterLeft -= 1
      await show(line, number, '-')
      lastShown = number
    } else if (before > 0) {
      earlier.push({ number, line })
      if (earlier.length > before) earlier.shift()
    }
  }
  if (has.has('c')) await task.stdout.write(`${prefix ? `${prefix}:` : ''}${count}\n`)
  if ((has.has('l') && count > 0) || (has.has('L') && count === 0))
    await task.stdout.write(`${prefix || '(standard input)'}\n`)
  return count
}

async function walk(task: Task, names: string[]): Promise<string[]> {
  const { fs } = task.system
  const files: string[] = []
  for (const name of names) {
    const path = posix.resolve(task.cwd, name)
    const stat = await fs.lstat(path).catch(() => undefined)
    if (!stat?.isDirectory) files.push(name)
    else
      files.push(
        ...(await walk(
          task,
          (await fs.readdir(path)).map((child) => posix.join(name, child)),
        )),
      )
  }
  return files
}

interface MatcherOptions {
  isFixed: boolean
  isExtended: boolean
  has: ReadonlySet<string>
}

function makeMatcher(patterns: string[], { isFixed, isExtended, has }: MatcherOptions): RegExp {
  const sources = patterns.map((pattern) => (isFixed ? escapeText(pattern) : translate(pattern, isExtended)))
  let source = sources.map((one) => `(?:${one})`).join('|')
  if (has.has('w')) source = `(?<!\\w)(?:${source})(?!\\w)`
  if (has.has('x')) source = `^(?:${source})$`
  try {
    return new RegExp(source, `g${has.has('i') ? 'i' : ''}`)
  } catch {
    return fail(`grep: bad regex '${patterns[0]}': Invalid regexp`)
  }
}

const escapeText = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')

const named: Record<string, string> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
}

/** Translates a POSIX expression to JavaScript's. In a basic one the backslash gives `( ) { } + ? |` their meaning. */
export function translate(pattern: string, isExtended: boolean): string {
  let source = ''
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern[index] ?? ''
    if (char === '[') {
      const end = pattern.indexOf(']', pattern[index + 1] === '^' ? index + 3 : index + 2)
      const close = pattern.slice(index).search(/(?<!^\[\^?)(?<!:)\](?!\])|:\]\]/)
      const stop =
        close === -1 ? end : pattern.indexOf(']', index + close + (pattern.startsWith(':]]', index + close) ? 2 : 0))
      const body = pattern.slice(index + 1, stop)
      source += `[${body
        .replaceAll(/\[:(\w+):\]/g, (_, name: string) => named[name] ?? '')
        .replaceAll(/\\(?![sd])/g, '\\\\')
        .replace(/^(\^?)\]/, '$1\\]')}]`
      index = stop
    } else if (char === '\\') {
      index += 1
      const next = pattern[index] ?? '\\'
      if (next === '<' || next === '>') source += '\\b'
      else if (/[wWsSbB]/.test(next) || /\d/.test(next)) source += `\\${next}`
      else if (!isExtended && '(){}+?|'.includes(next)) source += next
      else source += escapeText(next)
    } else if (!isExtended && '(){}+?|'.includes(char)) source += `\\${char}`
    else if (char === '*' && (source === '' || source === '^')) source += '\\*'
    else source += char
  }
  return source
}

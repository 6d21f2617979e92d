// Expands words: parameters, commands, arithmetic, tildes and braces, then fields and file names.
import { posix } from 'node:path'
import type { ScriptNode, WordNode } from 'just-bash'
import type { JailFs } from '../fs/jail-fs.ts'
import type { Terminal } from '../tty/terminal.ts'
import { type ArithmeticNode, evaluateArithmetic } from './arithmetic.ts'
import { FieldBuilder, fieldText } from './fields.ts'
import { expandGlob } from './glob.ts'
import { parseScript } from './parse.ts'
import { hasWildcard, removeMatch, replaceMatch } from './pattern.ts'
import { assign, lookUp, ShellError, type ShellState } from './state.ts'

type WordPart = WordNode['parts'][number]
type ParameterPart = Extract<WordPart, { type: 'ParameterExpansion' }>
type Operation = NonNullable<ParameterPart['operation']>

/** What expansion needs of the shell around it. */
export interface Expander {
  state: ShellState
  fs: JailFs
  /** What /dev/tty is, where there is one. */
  terminal?: Terminal
  /** Runs a script and gives back what it wrote, without trailing newlines. */
  substitute(script: ScriptNode): Promise<string>
}

/** Expands words to the arguments of a command. */
export async function expandWords(expander: Expander, words: readonly WordNode[]): Promise<string[]> {
  const result: string[] = []
  for (const word of words) {
    for (const alternative of expandBraces(word)) {
      const fields = new FieldBuilder(lookUp(expander.state, 'IFS') ?? ' \t\n')
      await addParts(expander, alternative.parts, fields, false)
      for (const field of fields.fields()) {
        const matches =
          hasWildcard(field) && !expander.state.options.has('f')
            ? await expandGlob(field, expander.state.cwd, expander.fs)
            : []
        result.push(...(matches.length > 0 ? matches : [fieldText(field)]))
      }
    }
  }
  return result
}

/** Expands a word to one text, without splitting: assignments, redirections, `case`. */
export async function expandText(expander: Expander, word: WordNode): Promise<string> {
  return fieldText(await expandPattern(expander, word))
}

/** Expands a word to a pattern: quoted characters stay themselves. */
export async function expandPattern(expander: Expander, word: WordNode): Promise<string> {
  const fields = new FieldBuilder('')
  await addParts(expander, word.parts, fields, false)
  return fields.fields().join(' ')
}

async function addParts(
  expander: Expander,
  parts: readonly WordPart[],
  fields: FieldBuilder,
  quoted: boolean,
): Promise<void> {
  for (const part of parts) {
    switch (part.type) {
      case 'Literal':
        if (quoted) fields.addQuoted(part.value)
        else fields.addLiteral(part.value.replaceAll('\\', '\\\\'))
        break
      case 'SingleQuoted':
      case 'Escaped':
        fields.addQuoted(part.value)
        break
      case 'Glob':
        if (quoted) fields.addQuoted(part.pattern)
        else fields.addLiteral(part.pattern)
        break
      case 'DoubleQuoted':
        if (part.parts.length === 0) fields.addQuoted('')
        await addDoubleQuoted(expander, part.parts, fields)
        break
      case 'TildeExpansion':
        fields.addQuoted(part.user === null ? (lookUp(expander.state, 'HOME') ?? '/') : `~${part.user}`)
        break
      case 'ParameterExpansion':
        await addParameter(expander, part, fields, quoted)
        break
      case 'CommandSubstitution': {
        const output = await expander.substitute(part.body)
        if (quoted) fields.addQuoted(output)
        else fields.addSplit(output)
        break
      }
      case 'ArithmeticExpansion': {
        const value = String(await evaluateIn(expander, part.expression))
        if (quoted) fields.addQuoted(value)
        else fields.addSplit(value)
        break
      }
      default:
        throw new ShellError('syntax error: unexpected "("')
    }
  }
}

async function addDoubleQuoted(expander: Expander, parts: readonly WordPart[], fields: FieldBuilder): Promise<void> {
  const isAllParameters =
    parts.length === 1 && parts[0]?.type === 'ParameterExpansion' && parts[0].parameter === '@' && !parts[0].operation
  // `"$@"` of no parameters is no field at all, not an empty one.
  if (!isAllParameters) fields.addQuoted('')
  await addParts(expander, parts, fields, true)
}

/** Evaluates an arithmetic expression with the shell's variables. */
export function evaluateIn(expander: Expander, node: ArithmeticNode): Promise<number> {
  const { state } = expander
  return evaluateArithmetic(node.expression, {
    get: (name) => lookUp(state, name),
    set: (name, value) => assign(state, name, value),
    special: (name) => specialParameter(state, name) ?? '',
    evaluateText(text) {
      const value = Number(lookUp(state, text) ?? text)
      if (Number.isNaN(value)) throw new ShellError('arithmetic syntax error')
      return Math.trunc(value)
    },
    expandText: (text) => expandTextSource(expander, text),
  })
}

async function expandTextSource(expander: Expander, text: string): Promise<string> {
  const command = parseScript(`: "${text}"`).statements[0]?.pipelines[0]?.commands[0]
  const word = command?.type === 'SimpleCommand' ? command.args[0] : undefined
  return word ? expandText(expander, word) : ''
}

/** The value of `$1`, `$?`, `$#` and so on; undefined when unset or no special parameter. */
export function specialParameter(state: ShellState, name: string): string | undefined {
  if (/^\d+$/.test(name)) return name === '0' ? state.name : state.positional[Number(name) - 1]
  switch (name) {
    case '?':
      return String(state.lastStatus)
    case '#':
      return String(state.positional.length)
    case '$':
      return String(state.pid)
    case '!':
      return state.lastJobPid === undefined ? undefined : String(state.lastJobPid)
    case '-':
      return [...state.options].filter((option) => option.length === 1).join('') + (state.isInteractive ? 'i' : '')
    case '@':
    case '*':
      return state.positional.join((lookUp(state, 'IFS') ?? ' ').slice(0, 1))
    case 'RANDOM':
      return String(Math.floor(Math.random() * 32_768))
    case 'SECONDS':
      return String(Math.floor(process.uptime()))
    default:
      return undefined
  }
}

async function addParameter(
  expander: Expander,
  part: ParameterPart,
  fields: FieldBuilder,
  quoted: boolean,
): Promise<void> {
  const { state } = expander
  const { parameter, operation } = part
  if ((parameter === '@' || (parameter === '*' && !quoted)) && !operation) {
    for (const [index, value] of state.positional.entries()) {
      if (index > 0) fields.endField()
      if (quoted) fields.addQuoted(value)
      else fields.addSplit(value)
    }
    return
  }

  const value = specialParameter(state, parameter) ?? lookUp(state, parameter)
  if (operation) {
    const handled = await addAlternative(expander, parameter, value, operation, fields, quoted)
    if (handled) return
  }
  if (value === undefined && state.options.has('u') && !operation) {
    throw new ShellError(`${parameter}: parameter not set`, 2)
  }
  const text = operation ? await transform(expander, value ?? '', operation) : (value ?? '')
  if (quoted) fields.addQuoted(text)
  else fields.addSplit(text)
}

/** `${x:-word}` and its kin, where the word takes the place of the value. */
async function addAlternative(
  expander: Expander,
  name: string,
  value: string | undefined,
  operation: Operation,
  fields: FieldBuilder,
  quoted: boolean,
): Promise<boolean> {
  const isMissing = (checkEmpty: boolean) => value === undefined || (checkEmpty && value === '')
  switch (operation.type) {
    case 'DefaultValue':
      if (!isMissing(operation.checkEmpty)) return false
      await addParts(expander, operation.word.parts, fields, quoted)
      return true
    case 'AssignDefault': {
      if (!isMissing(operation.checkEmpty)) return false
      const text = await expandText(expander, operation.word)
      assign(expander.state, name, text)
      if (quoted) fields.addQuoted(text)
      else fields.addSplit(text)
      return true
    }
    case 'UseAlternative':
      if (!isMissing(operation.checkEmpty)) await addParts(expander, operation.word.parts, fields, quoted)
      return true
    case 'ErrorIfUnset': {
      if (!isMissing(operation.checkEmpty)) return false
      const text = operation.word ? await expandText(expander, operation.word) : ''
      throw new ShellError(`${name}: ${text || 'parameter not set or null'}`, 2)
    }
    default:
      return false
  }
}

/** Operations that change the value itself. */
async function transform(expander: Expander, value: string, operation: Operation): Promise<string> {
  switch (operation.type) {
    case 'Length':
      return String([...value].length)
    case 'PatternRemoval': {
      const pattern = await expandPattern(expander, operation.pattern)
      return removeMatch(value, pattern, operation.side, operation.greedy)
    }
    case 'PatternReplacement': {
      const pattern = await expandPattern(expander, operation.pattern)
      const replacement = operation.replacement ? await expandText(expander, operation.replacement) : ''
      return replaceMatch(value, pattern, replacement, operation)
    }
    case 'Substring': {
      const offset = await evaluateIn(expander, operation.offset)
      const start = offset < 0 ? Math.max(0, value.length + offset) : offset
      if (!operation.length) return value.slice(start)
      const length = await evaluateIn(expander, operation.length)
      return value.slice(start, length < 0 ? value.length + length : start + length)
    }
    case 'CaseModification': {
      const change = (text: string) => (operation.direction === 'upper' ? text.toUpperCase() : text.toLowerCase())
      return operation.all ? change(value) : change(value.slice(0, 1)) + value.slice(1)
    }
    case 'Indirection':
      return lookUp(expander.state, value) ?? ''
    case 'DefaultValue':
    case 'AssignDefault':
    case 'ErrorIfUnset':
      return value
    default:
      throw new ShellError('syntax error: bad substitution')
  }
}

/** `a{b,c}` becomes two words. */
function expandBraces(word: WordNode): { parts: WordPart[] }[] {
  let words: { parts: WordPart[] }[] = [{ parts: [] }]
  for (const part of word.parts) {
    const alternatives: WordPart[][] = part.type === 'BraceExpansion' ? part.items.flatMap(braceItem) : [[part]]
    words = words.flatMap(({ parts }) => alternatives.map((more) => ({ parts: [...parts, ...more] })))
    if (words.length > 10_000) throw new ShellError('argument list too long')
  }
  return words
}

function braceItem(item: Extract<WordPart, { type: 'BraceExpansion' }>['items'][number]): WordPart[][] {
  if (item.type === 'Word') return expandBraces(item.word).map(({ parts }) => parts)
  const toCode = (end: string | number) => (typeof end === 'number' ? end : (end.codePointAt(0) ?? 0))
  const isText = typeof item.start === 'string'
  const from = toCode(item.start)
  const to = toCode(item.end)
  const step = Math.max(1, Math.abs(item.step ?? 1)) * (from <= to ? 1 : -1)
  const count = Math.min(10_000, Math.floor(Math.abs(to - from) / Math.abs(step)) + 1)
  return Array.from({ length: count }, (_, index): WordPart[] => {
    const code = from + index * step
    return [{ type: 'Literal', value: isText ? String.fromCodePoint(code) : String(code) }]
  })
}

/** A path of a command, from its working directory. */
export const resolvePath = (cwd: string, path: string) => posix.resolve(cwd, path)

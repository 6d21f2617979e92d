// cut: parts of each line, by bytes or by fields.
import { type Tool, ToolFailure } from '../../task.ts'
import { parseOptions } from '../options.ts'
import { convertOperands, splitLines } from './text-lines.ts'

type Range = [from: number, to: number]

function parseList(text: string): Range[] {
  return text.split(',').map((part) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(part)
    const [, from = '', dash = '', to = ''] = match ?? []
    if (!match || (from === '' && to === '') || from === '0') throw new ToolFailure(`cut: invalid range ${text}`)
    if (dash === '') return [Number(from), Number(from)]
    return [Number(from || 1), to === '' ? Number.POSITIVE_INFINITY : Number(to)]
  })
}

const pick = <T>(parts: readonly T[], ranges: readonly Range[]) =>
  parts.filter((_, index) => ranges.some(([from, to]) => index + 1 >= from && index + 1 <= to))

/** `cut { -b LIST | -c LIST | -f LIST [-d SEP] [-s] | -F LIST } [-O SEP] [FILE]…` */
export const cut: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'b:c:d:f:F:O:nsDz', {
    fields: 'f',
    delimiter: 'd',
    bytes: 'b',
    characters: 'c',
    'only-delimited': 's',
    'output-delimiter': 'O',
  })
  const lists = ['b', 'c', 'f', 'F'].filter((letter) => value.has(letter))
  const [kind = ''] = lists
  if (lists.length === 0) throw new ToolFailure('cut: expected a list of bytes, characters, or fields')
  if (lists.length > 1) throw new ToolFailure('cut: only one type of list may be specified')
  const byFields = kind === 'f' || kind === 'F'
  if (!byFields && (has.has('s') || has.has('d')))
    throw new ToolFailure(
      `cut: ${has.has('s') ? 'suppressing non-delimited lines makes sense' : 'a delimiter may be specified'} only when operating on fields`,
    )
  const ranges = parseList(value.get(kind) ?? '')
  const delimiter = value.get('d') ?? '\t'
  if (kind === 'f' && Buffer.byteLength(delimiter) > 1)
    throw new ToolFailure('cut: the delimiter must be a single character')
  const splitter = kind === 'F' ? new RegExp(value.get('d') ?? '[ \\t]+') : delimiter
  const joiner = value.get('O') ?? (kind === 'F' ? ' ' : delimiter)

  const convert = (line: string): string => {
    if (!byFields) return `${pick([...line], ranges).join('')}\n`
    const fields = line.split(splitter)
    if (fields.length === 1) return has.has('s') ? '' : `${line}\n`
    return `${pick(fields, ranges).join(joiner)}\n`
  }
  return convertOperands(task, operands, (text) => splitLines(text).map(convert).join(''))
}

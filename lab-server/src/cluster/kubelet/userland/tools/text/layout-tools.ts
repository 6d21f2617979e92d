// Tools that change how a text is laid out: fold, expand, unexpand, rev, nl; and wc, which counts it.
import { readAll } from '../../byte-stream.ts'
import type { Tool } from '../../task.ts'
import { parseOptions } from '../options.ts'
import { eachOperand } from '../stream-tools.ts'
import { convertOperands, splitLines, writeBytes } from './text-lines.ts'

/** Changes each line and leaves a missing last newline missing. */
const eachLine = (text: string, change: (line: string) => string) => text.split('\n').map(change).join('\n')

const fold: Tool = async (task) => {
  const argv = task.argv.map((arg, index) => (index > 0 && /^-\d+$/.test(arg) ? `-w${arg.slice(1)}` : arg))
  const { has, value, operands } = parseOptions(argv, 'bsw:', { bytes: 'b', spaces: 's', width: 'w' })
  const width = Math.max(1, Number(value.get('w') ?? 80))
  const columnAfter = (column: number, char: string) =>
    has.has('b') || char !== '\t' ? column + 1 : column + 8 - (column % 8)
  const foldLine = (line: string): string => {
    const rows: string[] = []
    let row = ''
    let column = 0
    for (const char of line) {
      if (columnAfter(column, char) > width && row !== '') {
        const space = has.has('s') ? row.search(/[ \t][^ \t]*$/) : -1
        rows.push(space === -1 ? row : row.slice(0, space + 1))
        row = space === -1 ? '' : row.slice(space + 1)
        column = [...row].reduce(columnAfter, 0)
      }
      row += char
      column = columnAfter(column, char)
    }
    return [...rows, row].join('\n')
  }
  return convertOperands(task, operands, (text) => eachLine(text, foldLine))
}

const expand: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'it:', { initial: 'i', tabs: 't' })
  const stop = Math.max(1, Number(value.get('t') ?? 8))
  const expandLine = (line: string): string => {
    let text = ''
    for (const char of line) {
      const isPlain = char !== '\t' || (has.has('i') && /[^ ]/.test(text))
      text += isPlain ? char : ' '.repeat(stop - (text.length % stop))
    }
    return text
  }
  return convertOperands(task, operands, (text) => eachLine(text, expandLine))
}

const unexpand: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'aft:', { all: 'a', 'first-only': 'f', tabs: 't' })
  const stop = Math.max(1, Number(value.get('t') ?? 8))
  const everywhere = (has.has('a') || has.has('t')) && !has.has('f')
  const squeeze = (line: string): string => {
    let column = 0
    return line.replaceAll(/[ \t]+|[^ \t]+/g, (part, at: number) => {
      const from = column
      for (const char of part) column += char === '\t' ? stop - (column % stop) : 1
      if (!/^[ \t]/.test(part) || (at > 0 && !everywhere)) return part
      const tabs = Math.floor(column / stop) - Math.floor(from / stop)
      if (at > 0 && part === ' ') return part
      return '\t'.repeat(tabs) + ' '.repeat(tabs === 0 ? column - from : column % stop)
    })
  }
  return convertOperands(task, operands, (text) => eachLine(text, squeeze))
}

const rev: Tool = (task) =>
  convertOperands(task, task.argv.slice(1), (text) => eachLine(text, (line) => [...line].reverse().join('')))

const nl: Tool = async (task) => {
  const { value, operands } = parseOptions(task.argv, 'b:i:l:n:s:v:w:pd:f:h:')
  const width = Number(value.get('w') ?? 6)
  const separator = value.get('s') ?? '\t'
  const style = value.get('b') ?? 't'
  let number = Number(value.get('v') ?? 1)
  return convertOperands(task, operands, (text) =>
    splitLines(text)
      .map((line) => {
        if (style === 'n' || (style === 't' && line === '')) return `${' '.repeat(width + separator.length)}${line}\n`
        const shown = String(number).padStart(width)
        number += Number(value.get('i') ?? 1)
        return `${shown}${separator}${line}\n`
      })
      .join(''),
  )
}

const counters: [letter: string, count: (text: string) => number][] = [
  ['l', (text) => text.split('\n').length - 1],
  ['w', (text) => text.match(/[^ \t\n\v\f\r]+/g)?.length ?? 0],
  ['m', (text) => text.length],
  ['c', (text) => text.length],
  ['L', (text) => splitLines(text).reduce((longest, line) => Math.max(longest, expandedLength(line)), 0)],
]

const expandedLength = (line: string) =>
  [...line].reduce((column, char) => (char === '\t' ? column + 8 - (column % 8) : column + 1), 0)

const wc: Tool = async (task) => {
  const { has, operands } = parseOptions(task.argv, 'cmlwL', { lines: 'l', words: 'w', bytes: 'c', chars: 'm' })
  const chosen = counters.filter(([letter]) => (has.size > 0 ? has.has(letter) : 'lwc'.includes(letter)))
  const total = chosen.map(() => 0)
  const say = (counts: number[], name: string) => {
    const isNarrow = counts.length === 1 && operands.length < 2
    const cells = counts.map((count) => (isNarrow ? String(count) : String(count).padStart(9)))
    return writeBytes(task, `${cells.join(' ')}${name}\n`)
  }
  const status = await eachOperand(
    task,
    operands,
    async (reader, name) => {
      const text = (await readAll(reader)).toString('latin1')
      const counts = chosen.map(([, count]) => count(text))
      for (const [index, count] of counts.entries())
        total[index] = chosen[index]?.[0] === 'L' ? Math.max(total[index] ?? 0, count) : (total[index] ?? 0) + count
      await say(counts, operands.length > 0 ? ` ${name}` : '')
    },
    (name, problem) => `${name}: ${problem}`,
  )
  if (operands.length > 1) await say(total, ' total')
  return status
}

export const layoutTools: Record<string, Tool> = { fold, expand, unexpand, rev, nl, wc }

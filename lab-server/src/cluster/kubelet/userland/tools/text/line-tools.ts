// Tools that look at neighbouring lines, or put lines side by side: uniq, paste, comm.
import { posix } from 'node:path'
import { readAll } from '../../byte-stream.ts'
import { type Task, type Tool, ToolFailure } from '../../task.ts'
import { explain } from '../explain.ts'
import { parseOptions } from '../options.ts'
import { readWhole } from '../stream-tools.ts'
import { usageFailure } from '../usage.ts'
import { readOperand, splitLines, writeBytes } from './text-lines.ts'

const uniq: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'cduf:s:w:iz')
  const [input = '-', output] = operands
  const end = has.has('z') ? '\0' : '\n'
  const lines = splitLines(await readOperand(task, input, (problem) => `uniq: can't open '${input}': ${problem}`), end)
  const fields = Number(value.get('f') ?? 0)
  const places = Number(value.get('s') ?? 0)
  const keyOf = (line: string) => {
    let key = line
    for (let field = 0; field < fields; field += 1) key = key.replace(/^[ \t]*[^ \t]*/, '')
    key = key.slice(places, value.has('w') ? places + Number(value.get('w')) : undefined)
    return has.has('i') ? key.toLowerCase() : key
  }
  let text = ''
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] ?? ''
    const start = index
    while (index < lines.length && keyOf(lines[index] ?? '') === keyOf(line)) index += 1
    const count = index - start
    const isShown = count > 1 ? !has.has('u') : !has.has('d')
    if (isShown) text += `${has.has('c') ? `${String(count).padStart(7)} ` : ''}${line}${end}`
  }
  if (output === undefined || output === '-') await writeBytes(task, text)
  else await task.system.fs.writeFile(posix.resolve(task.cwd, output), Buffer.from(text, 'latin1'))
  return 0
}

/** Delimiters of `-d`: `\n`, `\t`, `\\`, and `\0` for none. */
const delimiterList = (text: string) =>
  [...text.matchAll(/\\(.)|[^\\]/gs)].map(([whole, letter]) => {
    const named: Record<string, string> = { n: '\n', t: '\t', '\\': '\\', '0': '' }
    return letter === undefined ? whole : (named[letter] ?? letter)
  })

const paste: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'd:s')
  const names = operands.length > 0 ? operands : ['-']
  const delimiters = delimiterList(value.get('d') ?? '\\t')
  const between = (index: number) => delimiters[index % Math.max(1, delimiters.length)] ?? ''
  const serial = (lines: string[]) =>
    lines.map((line, index) => `${line}${index < lines.length - 1 ? between(index) : ''}`).join('')

  const stdin = names.includes('-') ? splitLines((await readAll(task.stdin)).toString('latin1')) : []
  const inputs: string[][] = []
  for (const name of names) {
    const text =
      name === '-' ? '' : await readOperand(task, name, (problem) => `paste: can't open '${name}': ${problem}`)
    inputs.push(name === '-' ? stdin : splitLines(text))
  }
  if (has.has('s')) {
    await writeBytes(task, inputs.map((lines) => `${serial(lines.splice(0))}\n`).join(''))
    return 0
  }
  let text = ''
  // The same list stands for every `-`, so that each takes the next line. As in BusyBox, a file at its end adds nothing,
  // not even a delimiter.
  while (inputs.some((lines) => lines.length > 0)) {
    for (const [index, lines] of inputs.entries()) {
      const line = lines.shift()
      if (line !== undefined) text += `${line}${index === inputs.length - 1 ? '\n' : between(index)}`
    }
  }
  await writeBytes(task, text)
  return 0
}

const comm: Tool = async (task) => {
  const { has, operands } = parseOptions(task.argv, '123')
  const [first, second] = operands
  if (first === undefined || second === undefined) throw usageFailure('comm')
  const read = async (name: string) =>
    splitLines(await readOperand(task, name, (problem) => `comm: can't open '${name}': ${problem}`))
  const left = await read(first)
  const right = await read(second)
  const indent = ['', has.has('1') ? '' : '\t', `${has.has('1') ? '' : '\t'}${has.has('2') ? '' : '\t'}`]
  let text = ''
  const say = (column: 0 | 1 | 2, line: string) => {
    if (!has.has(String(column + 1))) text += `${indent[column]}${line}\n`
  }
  while (left.length > 0 || right.length > 0) {
    const [a, b] = [left[0], right[0]]
    if (b === undefined || (a !== undefined && a < b)) say(0, left.shift() ?? '')
    else if (a === undefined || b < a) say(1, right.shift() ?? '')
    else {
      say(2, left.shift() ?? '')
      right.shift()
    }
  }
  await writeBytes(task, text)
  return 0
}

/** Reads one of two files that are compared; both may not be standard input. */
export async function readCompared(task: Task, name: string): Promise<Buffer> {
  try {
    return await readWhole(task, name)
  } catch (error) {
    throw new ToolFailure(`${task.argv[0]}: ${name}: ${explain(error)}`, 2)
  }
}

export const lineTools: Record<string, Tool> = { uniq, paste, comm }

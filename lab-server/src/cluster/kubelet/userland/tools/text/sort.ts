// sort as BusyBox has it: by bytes, whatever the locale says.
import { posix } from 'node:path'
import { type Tool, ToolFailure } from '../../task.ts'
import { parseOptions } from '../options.ts'
import { lineOrder, parseSortKey } from './sort-order.ts'
import { readOperand, splitLines, writeBytes } from './text-lines.ts'

/** `sort [-nrugMcszbdfiohV] [-o FILE] [-k KEY]… [-t CHAR] [FILE]…` */
export const sort: Tool = async (task) => {
  const { has, value, values, operands } = parseOptions(task.argv, 'ngMucszbrdfimhVS:T:o:k:t:', {
    reverse: 'r',
    unique: 'u',
    'numeric-sort': 'n',
    'human-numeric-sort': 'h',
    'version-sort': 'V',
    key: 'k',
    'field-separator': 't',
    output: 'o',
  })
  const separator = value.get('t')
  if (separator !== undefined && separator !== '\\0' && separator.length !== 1)
    throw new ToolFailure('sort: bad -t parameter', 2)
  const keys = values('k').map((text) => {
    const key = parseSortKey(text)
    if (!key) throw new ToolFailure('sort: bad field specification', 2)
    return key
  })

  const end = has.has('z') ? '\0' : '\n'
  const lines: string[] = []
  for (const name of operands.length > 0 ? operands : ['-']) {
    const text = await readOperand(task, name, (problem) => `sort: ${name}: ${problem}`, 2)
    // In pieces: a call takes no more than some ten thousand arguments.
    for (const line of splitLines(text, end)) lines.push(line)
  }
  const order = lineOrder(keys, has, separator === '\\0' ? '\0' : separator)
  const sameKeys = lineOrder(keys, new Set([...has, 's']), separator === '\\0' ? '\0' : separator)
  if (has.has('c')) {
    const wrong = lines.findIndex((line, index) => {
      if (index === 0) return false
      const before = lines[index - 1] ?? ''
      return order(before, line) > 0 || (has.has('u') && sameKeys(before, line) === 0)
    })
    if (wrong === -1) return 0
    await task.stderr.write(`Check line ${wrong}\n`)
    return 1
  }
  lines.sort(order)
  const kept = has.has('u')
    ? lines.filter((line, index) => index === 0 || sameKeys(lines[index - 1] ?? '', line) !== 0)
    : lines
  const text = kept.map((line) => line + end).join('')
  const target = value.get('o')
  if (target === undefined) await writeBytes(task, text)
  else await task.system.fs.writeFile(posix.resolve(task.cwd, target), Buffer.from(text, 'latin1'))
  return 0
}

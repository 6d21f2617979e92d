// xargs: runs a command with what its input lists.
import { readAll } from '../../byte-stream.ts'
import { findCommandPath } from '../../shell/executable.ts'
import { type Task, type Tool, ToolFailure } from '../../task.ts'
import { explain } from '../explain.ts'
import { parseOptions } from '../options.ts'
import { readOperand } from './text-lines.ts'

/** Words between blanks, with quotes and backslashes as the shell has them. */
function splitWords(text: string): string[] {
  const words = [...text.matchAll(/(?:"[^"\n]*"|'[^'\n]*'|\\.|[^\s"'\\])+|["']/gs)].map(([word]) => word)
  if (words.some((word) => word === '"' || word === "'")) throw new ToolFailure('xargs: unmatched quote')
  return words.map((word) =>
    word.replaceAll(
      /"([^"]*)"|'([^']*)'|\\(.)/gs,
      (_, double?: string, single?: string, plain?: string) => double ?? single ?? plain ?? '',
    ),
  )
}

/** `xargs [-0rtpx] [-a FILE] [-E STR] [-I STR] [-n N] [-L N] [-s N] [-P N] [PROG ARGS]` */
export const xargs: Tool = async (task) => {
  const { has, value, operands } = parseOptions(
    task.argv,
    '0a:E:e:I:i:L:n:P:prs:tx',
    { 'no-run-if-empty': 'r', null: '0', 'max-args': 'n' },
    true,
  )
  const file = value.get('a')
  const input =
    file === undefined
      ? (await readAll(task.stdin)).toString()
      : Buffer.from(await readOperand(task, file, (problem) => `xargs: ${file}: ${problem}`), 'latin1').toString()
  const mark = value.get('I') ?? value.get('i')
  const items = listItems(input, has.has('0'), mark !== undefined || value.has('L'))
  const stop = items.indexOf(value.get('E') ?? value.get('e') ?? '\n')
  if (stop !== -1) items.length = stop
  const command = operands.length > 0 ? operands : ['echo']
  if (items.length === 0 && (has.has('r') || mark !== undefined)) return 0

  let status = 0
  for (const group of inGroups(items, mark === undefined ? value : new Map([['n', '1']]), command)) {
    const argv =
      mark === undefined ? [...command, ...group] : command.map((word) => word.replaceAll(mark, () => group[0] ?? ''))
    if (has.has('t') || has.has('p')) await task.stderr.write(`${argv.join(' ')}${has.has('p') ? ' ?...' : '\n'}`)
    const result = await runOne(task, argv)
    if (result === 255) throw new ToolFailure(`xargs: ${argv[0]}: exited with status 255; aborting`, 124)
    if (result >= 126) return result
    if (result !== 0) status = 123
  }
  return status
}

function listItems(input: string, byNull: boolean, byLine: boolean): string[] {
  if (byNull) return input.split('\0').filter((item, index, all) => item !== '' || index < all.length - 1)
  if (!byLine) return splitWords(input)
  return input
    .split('\n')
    .map((line) => line.trimStart())
    .filter(Boolean)
}

/** As many items as one command line takes. */
function inGroups(items: string[], value: ReadonlyMap<string, string>, command: string[]): string[][] {
  const most = Number(value.get('n') ?? value.get('L') ?? Number.POSITIVE_INFINITY)
  const room = Number(value.get('s') ?? 32 * 1024) - command.join(' ').length
  const groups: string[][] = [[]]
  let length = 0
  for (const item of items) {
    const last = groups.at(-1) ?? []
    length += item.length + 1
    if (last.length > 0 && (last.length >= most || length > room)) {
      groups.push([item])
      length = item.length + 1
    } else last.push(item)
  }
  return groups
}

async function runOne(task: Task, argv: string[]): Promise<number> {
  const [name = ''] = argv
  const path = await findCommandPath(task.system, name, task.env.PATH ?? '', task.cwd).catch(() => undefined)
  if (path === undefined) throw new ToolFailure(`xargs: ${name}: ${explain({ code: 'ENOENT' })}`, 127)
  return task.run(argv)
}

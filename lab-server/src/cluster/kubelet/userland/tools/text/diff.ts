// diff as BusyBox has it: always unified.
import { posix } from 'node:path'
import { type Task, type Tool, ToolFailure } from '../../task.ts'
import { explain } from '../explain.ts'
import { type ParsedOptions, parseOptions } from '../options.ts'
import { usageFailure } from '../usage.ts'
import { editScript, unifiedHunks } from './edit-script.ts'
import { readCompared } from './line-tools.ts'
import { writeBytes } from './text-lines.ts'

/** `diff [-abBdiNqrTstw] [-L LABEL] [-S FILE] [-U LINES] FILE1 FILE2` */
export const diff: Tool = async (task) => {
  const options = parseOptions(task.argv, 'abdiL:NqrsS:tTU:wupBE', {
    brief: 'q',
    recursive: 'r',
    'new-file': 'N',
    'ignore-case': 'i',
    'ignore-all-space': 'w',
    'ignore-space-change': 'b',
    unified: 'u',
    'report-identical-files': 's',
  })
  const [first, second] = options.operands
  if (first === undefined || second === undefined) throw usageFailure('diff', 2)
  const kinds = [await kindOf(task, first), await kindOf(task, second)]
  if (kinds[0] === 'folder' && kinds[1] === 'folder') return compareFolders(task, options, first, second)
  // A file beside a folder is compared with the one of its name in there.
  const left = kinds[0] === 'folder' ? posix.join(first, posix.basename(second)) : first
  const right = kinds[1] === 'folder' ? posix.join(second, posix.basename(first)) : second
  for (const name of [left, right]) if (name !== '-') await kindOf(task, name)
  return compareFiles(task, options, left, right, '')
}

async function kindOf(task: Task, name: string): Promise<'file' | 'folder'> {
  if (name === '-') return 'file'
  try {
    return (await task.system.fs.stat(posix.resolve(task.cwd, name))).isDirectory ? 'folder' : 'file'
  } catch (error) {
    throw new ToolFailure(`diff: can't stat '${name}': ${explain(error)}`, 2)
  }
}

async function compareFiles(
  task: Task,
  options: ParsedOptions,
  left: string,
  right: string,
  title: string,
): Promise<number> {
  const { has, value, values } = options
  const read = (name: string) => (name === '' ? Promise.resolve(Buffer.alloc(0)) : readCompared(task, name))
  const [a, b] = [await read(left), await read(right)]
  if (a.equals(b)) {
    if (has.has('s') && left !== right) await task.stdout.write(`Files ${left} and ${right} are identical\n`)
    return 0
  }
  const isBinary = !has.has('a') && (a.includes(0) || b.includes(0))
  const lines = (data: Buffer) =>
    data
      .toString('latin1')
      .split(/(?<=\n)/)
      .filter(Boolean)
  const steps = isBinary ? [] : editScript(lines(a), lines(b), sameLines(has))
  const isBlank = ({ kind, line }: { kind: string; line: string }) =>
    kind === ' ' || (has.has('B') && line.trim() === '')
  if (!isBinary && steps.every(isBlank)) return 0
  if (isBinary || has.has('q')) {
    await task.stdout.write(`Files ${left} and ${right} differ\n`)
    return 1
  }
  const [leftLabel = left || '/dev/null', rightLabel = right || '/dev/null'] = values('L')
  const hunks = unifiedHunks(steps, Number(value.get('U') ?? 3))
  await writeBytes(task, `${title}--- ${leftLabel}\n+++ ${rightLabel}\n${hunks}`)
  return 1
}

function sameLines(has: ReadonlySet<string>): (a: string, b: string) => boolean {
  const plain = (line: string) => {
    let text = line
    if (has.has('w')) text = text.replaceAll(/\s+/g, '')
    else if (has.has('b')) text = text.replaceAll(/\s+/g, ' ').trimEnd()
    return has.has('i') ? text.toLowerCase() : text
  }
  return (a, b) => a === b || plain(a) === plain(b)
}

async function compareFolders(task: Task, options: ParsedOptions, left: string, right: string): Promise<number> {
  const { has } = options
  const { fs } = task.system
  const list = (folder: string) => fs.readdir(posix.resolve(task.cwd, folder))
  const [lefts, rights] = [await list(left), await list(right)]
  let status = 0
  for (const name of [...new Set([...lefts, ...rights])].sort()) {
    const [a, b] = [`${left.replace(/\/$/, '')}/${name}`, `${right.replace(/\/$/, '')}/${name}`]
    const missing = lefts.includes(name) ? (rights.includes(name) ? undefined : right) : left
    if (missing !== undefined && !has.has('N')) {
      await task.stdout.write(`Only in ${missing === left ? right : left}: ${name}\n`)
      status = 1
      continue
    }
    const isFolder = (await kindOf(task, missing === left ? b : a)) === 'folder'
    if (!isFolder) {
      status = Math.max(
        status,
        await compareFiles(task, options, missing === left ? '' : a, missing === right ? '' : b, ''),
      )
    } else if (missing === undefined && has.has('r')) {
      status = Math.max(status, await compareFolders(task, options, a, b))
    } else if (missing === undefined) await task.stdout.write(`Common subdirectories: ${a} and ${b}\n`)
  }
  return status
}

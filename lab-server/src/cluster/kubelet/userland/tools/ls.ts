import { posix } from 'node:path'
import type { JailStat } from '../fs/jail-fs.ts'
import type { Task, Tool } from '../task.ts'
import { shortMonths } from './calendar-names.ts'
import { explain } from './explain.ts'
import { parseOptions } from './options.ts'

interface Entry {
  name: string
  path: string
  stat: JailStat
  target?: string
}

/** `ls [-1aAlhdRrtSiF] [files]` */
export const list: Tool = async (task) => {
  const { has, operands } = parseOptions(task.argv, '1aAlhdRrtSiFCnpLGg', {
    all: 'a',
    color: 'G',
    recursive: 'R',
    'full-time': 'l',
  })
  const { fs } = task.system
  const names = operands.length > 0 ? operands : ['.']
  const files: Entry[] = []
  const folders: string[] = []
  let status = 0
  for (const name of names) {
    const path = posix.resolve(task.cwd, name)
    try {
      const stat = await (has.has('l') || has.has('d') ? fs.lstat(path) : fs.stat(path))
      if (stat.isDirectory && !has.has('d')) folders.push(name)
      else files.push(await toEntry(task, name, path, stat))
    } catch (error) {
      await task.stderr.write(`ls: ${name}: ${explain(error)}\n`)
      status = 1
    }
  }
  await writeEntries(task, sortEntries(files, has), has)

  for (const [index, folder] of folders.entries()) {
    if (names.length > 1 || has.has('R'))
      await task.stdout.write(`${index > 0 || files.length > 0 ? '\n' : ''}${folder}:\n`)
    status = Math.max(status, await listFolder(task, folder, has, folders))
  }
  return status
}

async function listFolder(task: Task, folder: string, has: ReadonlySet<string>, queue: string[]): Promise<number> {
  const { fs } = task.system
  const path = posix.resolve(task.cwd, folder)
  try {
    const names = (await fs.readdir(path)).filter((name) => has.has('a') || has.has('A') || !name.startsWith('.'))
    const all = has.has('a') ? ['.', '..', ...names] : names
    const entries: Entry[] = []
    for (const name of all) {
      const at = posix.join(path, name)
      const stat = await fs.lstat(at).catch(() => undefined)
      if (stat) entries.push(await toEntry(task, name, at, stat))
    }
    if (has.has('l'))
      await task.stdout.write(`total ${entries.reduce((sum, { stat }) => sum + Math.ceil(stat.size / 4096) * 4, 0)}\n`)
    await writeEntries(task, sortEntries(entries, has), has)
    if (has.has('R'))
      for (const { name, stat } of entries)
        if (stat.isDirectory && name !== '.' && name !== '..') queue.push(posix.join(folder, name))
    return 0
  } catch (error) {
    await task.stderr.write(`ls: can't open '${folder}': ${explain(error)}\n`)
    return 1
  }
}

async function toEntry(task: Task, name: string, path: string, stat: JailStat): Promise<Entry> {
  const target = stat.isSymbolicLink ? await task.system.fs.readlink(path).catch(() => undefined) : undefined
  return { name, path, stat, target }
}

function sortEntries(entries: Entry[], has: ReadonlySet<string>): Entry[] {
  const sorted = [...entries].sort((a, b) => {
    if (has.has('t')) return b.stat.mtime.getTime() - a.stat.mtime.getTime()
    if (has.has('S')) return b.stat.size - a.stat.size
    return a.name < b.name ? -1 : 1
  })
  return has.has('r') ? sorted.reverse() : sorted
}

async function writeEntries(task: Task, entries: Entry[], has: ReadonlySet<string>): Promise<void> {
  if (entries.length === 0) return
  if (has.has('l') || has.has('n') || has.has('g')) {
    const rows = entries.map((entry) => longRow(entry, has))
    const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
    for (const [mode, links, user, group, size, ...rest] of rows) {
      await task.stdout.write(
        `${mode} ${links?.padStart(Math.max(5, widths[1] ?? 0))} ${user?.padEnd(Math.max(8, widths[2] ?? 0))} ${group?.padEnd(Math.max(8, widths[3] ?? 0))} ${size?.padStart(Math.max(9, widths[4] ?? 0))} ${rest.join(' ')}\n`,
      )
    }
    return
  }
  const names = entries.map((entry) => entry.name + (has.has('F') || has.has('p') ? mark(entry) : ''))
  if (has.has('1') || !task.stdout.isTerminal) {
    await task.stdout.write(names.map((name) => `${name}\n`).join(''))
    return
  }
  await task.stdout.write(columns(names, task.system.terminal?.size().columns ?? 80))
}

const mark = ({ stat }: Entry) =>
  stat.isDirectory ? '/' : stat.isSymbolicLink ? '@' : (stat.mode & 0o111) !== 0 ? '*' : ''

/** Names in columns, filled downwards. */
export function columns(names: string[], width: number): string {
  const cell = Math.max(...names.map((name) => name.length)) + 2
  const perRow = Math.max(1, Math.floor(width / cell))
  const rows = Math.ceil(names.length / perRow)
  const lines: string[] = []
  for (let row = 0; row < rows; row += 1) {
    const cells = names.filter((_, index) => index % rows === row)
    lines.push(
      cells
        .map((name) => name.padEnd(cell))
        .join('')
        .trimEnd(),
    )
  }
  return `${lines.join('\n')}\n`
}

function longRow({ name, stat, target }: Entry, has: ReadonlySet<string>): string[] {
  const owner = stat.uid === 0 && !has.has('n') ? 'root' : String(stat.uid)
  const { mtime } = stat
  const isRecent = Math.abs(Date.now() - mtime.getTime()) < 182 * 86_400_000
  const clock = `${String(mtime.getUTCHours()).padStart(2, '0')}:${String(mtime.getUTCMinutes()).padStart(2, '0')}`
  const when = `${shortMonths[mtime.getUTCMonth()]} ${String(mtime.getUTCDate()).padStart(2)} ${isRecent ? clock : ` ${mtime.getUTCFullYear()}`}`
  const size = has.has('h') ? humanSize(stat.size) : String(stat.size)
  return [
    modeText(stat),
    String(stat.links),
    owner,
    owner,
    size,
    when,
    target === undefined ? name : `${name} -> ${target}`,
  ]
}

/** Bytes as `ls -h` shows them. */
export function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes)
  const steps = ['K', 'M', 'G', 'T']
  let value = bytes / 1024
  while (value >= 1024 && steps.length > 1) {
    value /= 1024
    steps.shift()
  }
  return `${value.toFixed(1)}${steps[0]}`
}

function modeText({ mode, kind }: JailStat): string {
  const letters = { file: '-', folder: 'd', symlink: 'l', device: 'c' }[kind]
  const bits = [...'rwxrwxrwx'].map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-')).join('')
  const sticky = mode & 0o1000 ? (bits.endsWith('x') ? 't' : 'T') : bits.slice(-1)
  return letters + bits.slice(0, -1) + sticky
}

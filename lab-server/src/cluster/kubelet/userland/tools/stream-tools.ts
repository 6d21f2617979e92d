// Tools that pass bytes on as they come.
import { posix } from 'node:path'
import { type ByteReader, bytesReader, readAll, readLines } from '../byte-stream.ts'
import { systemError } from '../fs/jail-path.ts'
import { isDevice, isVirtualPath } from '../fs/proc-files.ts'
import { deviceReader, fileReader, nextTurn } from '../shell/redirect.ts'
import { pause, type Task, type Tool, ToolFailure } from '../task.ts'
import { explain } from './explain.ts'
import { parseOptions } from './options.ts'
import { copyShown, isShowing } from './text/show-bytes.ts'

/** Opens an operand for reading; `-` is standard input. */
export async function openOperand(task: Task, name: string): Promise<{ reader: ByteReader; close(): Promise<void> }> {
  const stay = () => Promise.resolve()
  if (name === '-') return { reader: task.stdin, close: stay }
  const path = posix.resolve(task.cwd, name)
  if (path === '/dev/tty') {
    const { terminal } = task.system
    if (!terminal) throw systemError('ENXIO', name)
    return { reader: terminal.reader, close: stay }
  }
  if (isDevice(path)) return { reader: deviceReader(path, new Map([[0, { reader: task.stdin }]])), close: stay }
  if (isVirtualPath(path))
    return { reader: bytesReader(Buffer.from(await task.system.fs.readFileBuffer(path))), close: stay }
  const file = await task.system.fs.openRead(path)
  return { reader: fileReader(file), close: () => file.close() }
}

/** All bytes of an operand. */
export async function readWhole(task: Task, name: string): Promise<Buffer> {
  const { reader, close } = await openOperand(task, name)
  try {
    return await readAll(reader)
  } finally {
    await close()
  }
}

/** Runs `use` on each operand; a file that cannot be read is reported and makes the exit code 1. */
export async function eachOperand(
  task: Task,
  names: string[],
  use: (reader: ByteReader, name: string) => Promise<void>,
  phrase = (name: string, problem: string) => `can't open '${name}': ${problem}`,
): Promise<number> {
  let status = 0
  for (const name of names.length > 0 ? names : ['-']) {
    let opened: Awaited<ReturnType<typeof openOperand>>
    try {
      opened = await openOperand(task, name)
    } catch (error) {
      const isFolder = (error as NodeJS.ErrnoException).code === 'EISDIR'
      const text = isFolder ? `read error: ${explain(error)}` : phrase(name, explain(error))
      await task.stderr.write(`${task.argv[0]}: ${text}\n`)
      status = 1
      continue
    }
    try {
      await use(opened.reader, name)
    } finally {
      await opened.close()
    }
  }
  return status
}

async function copyAll(reader: ByteReader, task: Task): Promise<void> {
  for (let chunk = await reader.read(); chunk; chunk = await reader.read()) await task.stdout.write(chunk)
}

const cat: Tool = async (task) => {
  const { has, operands } = parseOptions(task.argv, 'nbsvetAuE')
  let line = 0
  return eachOperand(task, operands, async (reader) => {
    if (!has.has('n') && !has.has('b')) return isShowing(has) ? copyShown(reader, task, has) : copyAll(reader, task)
    for await (const text of readLines(reader)) {
      const isNumbered = has.has('n') || text !== ''
      if (isNumbered) line += 1
      await task.stdout.write(`${isNumbered ? `${String(line).padStart(6)}\t` : ''}${text}\n`)
    }
  })
}

/** `head -5` and `head -n 5` both. */
function countedArgs(argv: readonly string[]): string[] {
  return argv.map((arg, index) =>
    index > 0 && /^-\d+$/.test(arg) && !/^-[nc]$/.test(argv[index - 1] ?? '') ? `-n${arg.slice(1)}` : arg,
  )
}

const head: Tool = async (task) => {
  const { has, value, operands } = parseOptions(countedArgs(task.argv), 'n:c:qv', {
    lines: 'n',
    bytes: 'c',
    quiet: 'q',
  })
  const count = value.get('n') ?? '10'
  const lines = Number(count)
  const bytes = value.get('c')
  let first = true
  return eachOperand(
    task,
    operands,
    async (reader, name) => {
      if ((operands.length > 1 && !has.has('q')) || has.has('v'))
        await task.stdout.write(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`)
      first = false
      if (bytes !== undefined) return headBytes(reader, task, Number(bytes))
      if (count.startsWith('-')) return headBut(reader, task, -lines)
      let left = lines
      for (
        let chunk = left > 0 ? await reader.read() : undefined;
        chunk;
        chunk = left > 0 ? await reader.read() : undefined
      ) {
        let end = 0
        while (left > 0 && end < chunk.length) {
          const newline = chunk.indexOf(10, end)
          end = newline === -1 ? chunk.length : newline + 1
          if (newline !== -1) left -= 1
        }
        await task.stdout.write(chunk.subarray(0, end))
        reader.unread(chunk.subarray(end))
      }
    },
    (name, problem) => `${name}: ${problem}`,
  )
}

/** All lines but the last `count`. */
async function headBut(reader: ByteReader, task: Task, count: number): Promise<void> {
  const lines = (await readAll(reader)).toString('latin1').split(/(?<=\n)/)
  await task.stdout.write(Buffer.from(lines.slice(0, -count || undefined).join(''), 'latin1'))
}

async function headBytes(reader: ByteReader, task: Task, count: number): Promise<void> {
  let left = count
  while (left > 0) {
    const chunk = await reader.read()
    if (!chunk) return
    await task.stdout.write(chunk.subarray(0, left))
    left -= chunk.length
  }
}

const tail: Tool = async (task) => {
  const argv = countedArgs(task.argv).map((arg) => (arg === '-F' ? '-f' : arg))
  const { has, value, operands } = parseOptions(argv, 'n:c:fs:qvF', { lines: 'n', bytes: 'c', follow: 'f' })
  const wanted = value.get('n') ?? '10'
  const bytes = value.get('c')
  const status = await eachOperand(task, operands, async (reader, name) => {
    if (operands.length > 1 && !has.has('q')) await task.stdout.write(`==> ${name} <==\n`)
    const kept = await readTail(reader, wanted, bytes)
    await task.stdout.write(kept)
  })
  if (!has.has('f')) return status
  const files = operands.filter((name) => name !== '-')
  if (files.length === 0) return status
  if (status !== 0 && files.length === 1) throw new ToolFailure('tail: no files', 1)
  return follow(task, files, Number(value.get('s') ?? 1) * 1000)
}

async function readTail(reader: ByteReader, lines: string, bytes: string | undefined): Promise<Buffer> {
  let data = Buffer.alloc(0)
  const fromStart = (bytes ?? lines).startsWith('+')
  const count = Math.abs(Number(bytes ?? lines))
  for (let chunk = await reader.read(); chunk; chunk = await reader.read()) {
    data = Buffer.concat([data, chunk])
    if (!fromStart && bytes !== undefined && data.length > count * 2) data = Buffer.from(data.subarray(-count))
    await nextTurn()
  }
  if (bytes !== undefined)
    return fromStart ? data.subarray(Math.max(0, count - 1)) : count === 0 ? Buffer.alloc(0) : data.subarray(-count)
  const text = data.toString('latin1')
  const parts = text.split(/(?<=\n)/)
  const kept = fromStart ? parts.slice(Math.max(0, count - 1)) : count === 0 ? [] : parts.slice(-count)
  return Buffer.from(kept.join(''), 'latin1')
}

/** Looks for what was added. A file that became shorter is read from its start. */
async function follow(task: Task, names: string[], everyMs: number): Promise<number> {
  const { fs } = task.system
  const sizes = new Map<string, number>()
  for (const name of names)
    sizes.set(name, (await fs.stat(posix.resolve(task.cwd, name)).catch(() => undefined))?.size ?? 0)
  for (;;) {
    await pause(Math.min(everyMs, 250), task.signal)
    for (const name of names) {
      const path = posix.resolve(task.cwd, name)
      const size = (await fs.stat(path).catch(() => undefined))?.size
      const before = sizes.get(name) ?? 0
      if (size === undefined || size === before) continue
      const from = size < before ? 0 : before
      const file = await fs.openRead(path)
      const buffer = Buffer.alloc(size - from)
      await file.read(buffer, 0, buffer.length, from)
      await file.close()
      sizes.set(name, size)
      await task.stdout.write(buffer)
    }
  }
}

const tee: Tool = async (task) => {
  const { has, operands } = parseOptions(task.argv, 'ai')
  const files = await Promise.all(
    operands.map((name) =>
      task.system.fs.openWrite(posix.resolve(task.cwd, name), has.has('a')).catch((error) => {
        throw new ToolFailure(`tee: ${name}: ${explain(error)}`)
      }),
    ),
  )
  try {
    for (let chunk = await task.stdin.read(); chunk; chunk = await task.stdin.read()) {
      await task.stdout.write(chunk)
      for (const file of files) await file.write(chunk)
    }
    return 0
  } finally {
    for (const file of files) await file.close()
  }
}

const yes: Tool = async (task) => {
  const line = `${task.argv.slice(1).join(' ') || 'y'}\n`
  const block = line.repeat(Math.ceil(8192 / line.length))
  for (;;) {
    await task.stdout.write(block)
    await nextTurn()
  }
}

const dd: Tool = async (task) => {
  const options = new Map(task.argv.slice(1).map((arg) => [arg.split('=')[0] ?? '', arg.slice(arg.indexOf('=') + 1)]))
  const size = byteCount(options.get('bs') ?? '512')
  const wanted = options.has('count') ? Number(options.get('count')) * size : Number.POSITIVE_INFINITY
  const input = await openOperand(task, options.get('if') ?? '-')
  const target = options.get('of')
  const file =
    target && !isDevice(target) ? await task.system.fs.openWrite(posix.resolve(task.cwd, target), false) : undefined
  const started = performance.now()
  let copied = 0
  try {
    while (copied < wanted) {
      const chunk = (await input.reader.read())?.subarray(0, Math.min(wanted - copied, Number.MAX_SAFE_INTEGER))
      if (!chunk) break
      if (file) await file.write(chunk)
      else if (!target) await task.stdout.write(chunk)
      copied += chunk.length
      await nextTurn()
    }
  } finally {
    await file?.close()
    await input.close()
  }
  const records = `${Math.floor(copied / size)}+${copied % size === 0 ? 0 : 1}`
  const seconds = (performance.now() - started) / 1000
  await task.stderr.write(
    `${records} records in\n${records} records out\n${copied} bytes copied, ${seconds.toFixed(6)} seconds, ${(copied / 1e6 / seconds).toFixed(1)}MB/s\n`,
  )
  return 0
}

function byteCount(text: string): number {
  const units: Record<string, number> = { k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }
  return Number.parseInt(text, 10) * (units[text.slice(-1)] ?? 1)
}

const less: Tool = async (task) => cat({ ...task, argv: ['cat', ...parseOptions(task.argv, 'NMSIR').operands] })

export const streamTools: Record<string, Tool> = { cat, head, tail, tee, yes, dd, less, more: less }

// `tar` as `kubectl cp` and people use it: create, extract and list, plain or gzip.

import { posix } from 'node:path'
import { builtin } from '../builtin.ts'
import { type ByteWriter, makeCollector, readAll } from '../byte-stream.ts'
import { type Task, type Tool, ToolFailure } from '../task.ts'
import { explain } from './explain.ts'
import { parseOptions } from './options.ts'

const block = 512

/** `tar cf - path`, `tar xmf -`, `tar tf file`, with -z, -v, -C, -O. */
export const tar: Tool = async (task) => {
  const first = task.argv[1] ?? ''
  const argv = /^[a-zA-Z]+$/.test(first) ? [task.argv[0] ?? 'tar', `-${first}`, ...task.argv.slice(2)] : task.argv
  const { has, value, values, operands } = parseOptions(argv, 'cxtvf:C:zmpOkohP', {
    'no-same-owner': 'o',
    'no-same-permissions': 'p',
    'same-permissions': 'p',
    warning: 'P:',
    extract: 'x',
    create: 'c',
    list: 't',
    file: 'f',
    gzip: 'z',
    directory: 'C',
  })
  const cwd = posix.resolve(task.cwd, values('C').at(-1) ?? '.')
  const file = value.get('f') ?? '-'
  if (has.has('c')) return create(task, { cwd, file, operands, compress: has.has('z'), verbose: has.has('v') })
  if (!has.has('x') && !has.has('t')) throw new ToolFailure('tar: must specify one of -c -x -t')

  const raw =
    file === '-'
      ? await readAll(task.stdin)
      : Buffer.from(await task.system.fs.readFileBuffer(posix.resolve(task.cwd, file)))
  const data =
    raw[0] === 0x1f && raw[1] === 0x8b
      ? builtin('node:zlib').gunzipSync(raw, { maxOutputLength: 256 * 1024 * 1024 })
      : raw
  if (data.length === 0) throw new ToolFailure('tar: short read')
  let status = 0
  for (const entry of readEntries(data)) {
    if (operands.length > 0 && !operands.some((name) => entry.name === name || entry.name.startsWith(`${name}/`)))
      continue
    if (has.has('t') || has.has('v')) await task.stdout.write(`${entry.name}\n`)
    if (!has.has('x')) continue
    try {
      if (has.has('O')) await task.stdout.write(entry.data)
      else await extract(task, cwd, entry)
    } catch (error) {
      await task.stderr.write(`tar: can't open '${entry.name}': ${explain(error)}\n`)
      status = 1
    }
  }
  return status
}

interface Entry {
  name: string
  kind: 'file' | 'folder' | 'symlink' | 'link'
  mode: number
  mtime: number
  target: string
  data: Buffer
}

function* readEntries(data: Buffer): Iterable<Entry> {
  let longName: string | undefined
  let longTarget: string | undefined
  for (let offset = 0; offset + block <= data.length; ) {
    const header = data.subarray(offset, offset + block)
    if (header.every((byte) => byte === 0)) return
    const text = (from: number, length: number) =>
      header
        .subarray(from, from + length)
        .toString()
        .replace(/\0.*$/s, '')
    const octal = (from: number, length: number) => Number.parseInt(text(from, length).trim() || '0', 8)
    const size = octal(124, 12)
    const body = data.subarray(offset + block, offset + block + size)
    offset += block + Math.ceil(size / block) * block
    const type = text(156, 1) || '0'
    if (type === 'L' || type === 'K') {
      const value = body.toString().replace(/\0.*$/s, '')
      if (type === 'L') longName = value
      else longTarget = value
      continue
    }
    if (type === 'x') {
      const fields = new Map(
        [...body.toString().matchAll(/\d+ ([^=]+)=([^\n]*)\n/g)].map(([, key, value]) => [key, value]),
      )
      longName = fields.get('path') ?? longName
      longTarget = fields.get('linkpath') ?? longTarget
      continue
    }
    const prefix = text(257, 5) === 'ustar' ? text(345, 155) : ''
    const name = longName ?? (prefix ? `${prefix}/${text(0, 100)}` : text(0, 100))
    const kinds: Record<string, Entry['kind']> = { '5': 'folder', '2': 'symlink', '1': 'link' }
    if (/[0-7]/.test(type))
      yield {
        name,
        kind: kinds[type] ?? 'file',
        mode: octal(100, 8),
        mtime: octal(136, 12),
        target: longTarget ?? text(157, 100),
        data: body,
      }
    longName = undefined
    longTarget = undefined
  }
}

async function extract(task: Task, cwd: string, entry: Entry): Promise<void> {
  const { fs } = task.system
  // As every tar: names stay below the folder they are unpacked into.
  const name = entry.name
    .split('/')
    .filter((part) => part !== '..' && part !== '')
    .join('/')
  const path = posix.join(cwd, name)
  if (entry.kind === 'folder') {
    await fs.mkdir(path, { recursive: true })
    return
  }
  await fs.mkdir(posix.dirname(path), { recursive: true })
  if (entry.kind === 'symlink') {
    await fs.rm(path, { force: true })
    await fs.symlink(entry.target, path)
    return
  }
  if (entry.kind === 'link') {
    await fs.link(posix.join(cwd, entry.target), path)
    return
  }
  await fs.writeFile(path, entry.data)
  await fs.chmod(path, entry.mode & 0o777)
}

interface Creation {
  cwd: string
  file: string
  operands: string[]
  compress: boolean
  verbose: boolean
}

async function create(task: Task, { cwd, file, operands, compress, verbose }: Creation): Promise<number> {
  const { fs } = task.system
  const collected = compress || file !== '-' ? makeCollector() : undefined
  const output: ByteWriter = collected ?? task.stdout
  let warned = false
  let status = 0
  const add = async (name: string): Promise<void> => {
    const path = posix.resolve(cwd, name)
    const stat = await fs.lstat(path)
    const stored = name.replace(/^\/+/, '')
    if (stored !== name && !warned) {
      warned = true
      await task.stderr.write("tar: removing leading '/' from member names\n")
    }
    if (verbose) await task.stderr.write(`${stored}\n`)
    const target = stat.isSymbolicLink ? await fs.readlink(path) : ''
    const data = stat.kind === 'file' ? Buffer.from(await fs.readFileBuffer(path)) : Buffer.alloc(0)
    const type = stat.isDirectory ? '5' : stat.isSymbolicLink ? '2' : '0'
    await output.write(
      header({
        name: stat.isDirectory ? `${stored}/` : stored,
        mode: stat.mode,
        size: data.length,
        mtime: stat.mtime,
        type,
        target,
      }),
    )
    await output.write(Buffer.concat([data, Buffer.alloc((block - (data.length % block)) % block)]))
    if (stat.isDirectory) for (const child of await fs.readdir(path)) await add(posix.join(name, child))
  }
  for (const name of operands) {
    await add(name).catch(async (error: unknown) => {
      await task.stderr.write(`tar: ${name}: ${explain(error)}\n`)
      status = 1
    })
  }
  await output.write(Buffer.alloc(block * 2))
  if (status !== 0) await task.stderr.write('tar: error exit delayed from previous errors\n')
  if (!collected) return status
  const data = compress ? builtin('node:zlib').gzipSync(collected.bytes()) : collected.bytes()
  if (file === '-') await task.stdout.write(data)
  else await fs.writeFile(posix.resolve(task.cwd, file), data)
  return status
}

interface HeaderFields {
  name: string
  mode: number
  size: number
  mtime: Date
  type: string
  target: string
}

function header({ name, mode, size, mtime, type, target }: HeaderFields): Buffer {
  const bytes = Buffer.byteLength(name)
  const long = bytes > 100 ? longNameEntry(name) : Buffer.alloc(0)
  const buffer = Buffer.alloc(block)
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, '0')
  buffer.write(Buffer.from(name).subarray(0, 100).toString('latin1'), 0, 'latin1')
  buffer.write(octal(mode & 0o7777, 8), 100)
  buffer.write(octal(0, 8), 108)
  buffer.write(octal(0, 8), 116)
  buffer.write(octal(size, 12), 124)
  buffer.write(octal(Math.floor(mtime.getTime() / 1000), 12), 136)
  buffer.write('        ', 148)
  buffer.write(type, 156)
  buffer.write(target.slice(0, 100), 157)
  buffer.write('ustar\x0000root', 257, 'latin1')
  const sum = buffer.reduce((total, byte) => total + byte, 0)
  buffer.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return Buffer.concat([long, buffer])
}

function longNameEntry(name: string): Buffer {
  const data = Buffer.from(`${name}\0`)
  const head = header({ name: '././@LongLink', mode: 0, size: data.length, mtime: new Date(0), type: 'L', target: '' })
  return Buffer.concat([head, data, Buffer.alloc((block - (data.length % block)) % block)])
}

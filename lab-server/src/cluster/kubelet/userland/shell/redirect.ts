// Opens what `<`, `>`, `2>&1` and here-documents name.

import type { FileHandle } from 'node:fs/promises'
import type { SimpleCommandNode } from 'just-bash'
import { builtin } from '../builtin.ts'
import { type ByteReader, type ByteWriter, bytesReader, emptyReader, makeReader, nullWriter } from '../byte-stream.ts'
import type { JailFs } from '../fs/jail-fs.ts'
import { isDevice, isVirtualPath } from '../fs/proc-files.ts'
import { explain } from '../tools/explain.ts'
import type { Terminal } from '../tty/terminal.ts'
import { type Expander, expandText, expandWords, resolvePath } from './expand.ts'
import { type Descriptor, ShellError } from './state.ts'

type Redirection = SimpleCommandNode['redirections'][number]
export type Descriptors = ReadonlyMap<number, Descriptor>

/** The descriptors after the redirections, and how to close the files that were opened. */
export interface Redirected {
  descriptors: Map<number, Descriptor>
  close(): Promise<void>
}

/** Applies redirections in order; throws ShellError in the shell's words when a file cannot be opened. */
export async function redirect(
  expander: Expander,
  before: Descriptors,
  redirections: readonly Redirection[],
): Promise<Redirected> {
  const descriptors = new Map(before)
  const files: FileHandle[] = []
  const close = async () => {
    for (const file of files) await file.close().catch(() => {})
  }
  try {
    for (const redirection of redirections) await applyOne(expander, descriptors, redirection, files)
  } catch (error) {
    await close()
    throw error
  }
  return { descriptors, close }
}

async function applyOne(
  expander: Expander,
  descriptors: Map<number, Descriptor>,
  redirection: Redirection,
  files: FileHandle[],
): Promise<void> {
  const { operator, target } = redirection
  if (target.type === 'HereDoc') {
    const text = target.quoted ? literalText(target.content) : await expandText(expander, target.content)
    descriptors.set(redirection.fd ?? 0, { reader: bytesReader(Buffer.from(text)) })
    return
  }
  if (operator === '<<<') {
    descriptors.set(redirection.fd ?? 0, {
      reader: bytesReader(Buffer.from(`${await expandText(expander, target)}\n`)),
    })
    return
  }

  const [text = ''] = await expandWords(expander, [target])
  if (operator === '>&' || operator === '<&') {
    const fd = redirection.fd ?? (operator === '>&' ? 1 : 0)
    if (text === '-') descriptors.delete(fd)
    else if (/^\d+$/.test(text)) {
      const source = descriptors.get(Number(text))
      if (!source) throw new ShellError(`${text}: Bad file descriptor`, 1)
      descriptors.set(fd, source)
    } else await openOutput(expander, descriptors, [1, 2], text, false, files)
    return
  }
  if (operator === '<' || operator === '<>') {
    const reader = await openInput(expander, descriptors, text, files)
    descriptors.set(redirection.fd ?? 0, { reader })
    return
  }
  const both = operator === '&>' || operator === '&>>'
  await openOutput(expander, descriptors, both ? [1, 2] : [redirection.fd ?? 1], text, operator.endsWith('>>'), files)
}

const literalText = (word: { parts: readonly { type: string; value?: string }[] }) =>
  word.parts.map((part) => part.value ?? '').join('')

/** The terminal that /dev/tty stands for; throws as the shell does where there is none. */
function openTerminal({ terminal }: Expander, name: string, verb: 'open' | 'create'): Terminal {
  if (!terminal) throw new ShellError(`can't ${verb} ${name}: No such device or address`, 1)
  return terminal
}

async function openInput(
  expander: Expander,
  descriptors: Descriptors,
  name: string,
  files: FileHandle[],
): Promise<ByteReader> {
  const { state, fs } = expander
  const path = resolvePath(state.cwd, name)
  if (path === '/dev/tty') return openTerminal(expander, name, 'open').reader
  if (isDevice(path)) return deviceReader(path, descriptors)
  try {
    if (isVirtualPath(path)) return bytesReader(Buffer.from(await fs.readFileBuffer(path)))
    const file = await fs.openRead(path)
    files.push(file)
    return fileReader(file)
  } catch (error) {
    throw new ShellError(`can't open ${name}: ${openProblem(error)}`, 1)
  }
}

async function openOutput(
  expander: Expander,
  descriptors: Map<number, Descriptor>,
  numbers: number[],
  name: string,
  append: boolean,
  files: FileHandle[],
): Promise<void> {
  const { state, fs } = expander
  const path = resolvePath(state.cwd, name)
  const writer =
    path === '/dev/tty'
      ? openTerminal(expander, name, 'create').writer
      : isDevice(path)
        ? deviceWriter(path, descriptors)
        : await openFile(fs, path, name, append, files)
  for (const number of numbers) descriptors.set(number, { writer })
}

async function openFile(
  fs: JailFs,
  path: string,
  name: string,
  append: boolean,
  files: FileHandle[],
): Promise<ByteWriter> {
  try {
    const file = await fs.openWrite(path, append)
    files.push(file)
    return fileWriter(file)
  } catch (error) {
    const problem = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'nonexistent directory' : explain(error)
    throw new ShellError(`can't create ${name}: ${problem}`, 1)
  }
}

const openProblem = (error: unknown) =>
  (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : explain(error)

/** Reads a file piece by piece. */
export function fileReader(file: FileHandle): ByteReader {
  return makeReader(async () => {
    const buffer = Buffer.alloc(64 * 1024)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null)
    return bytesRead > 0 ? buffer.subarray(0, bytesRead) : undefined
  })
}

function fileWriter(file: FileHandle): ByteWriter {
  return {
    async write(data) {
      await file.write(Buffer.from(data))
    },
    close() {},
  }
}

/** What a device file gives. */
export function deviceReader(path: string, descriptors: Descriptors): ByteReader {
  switch (path) {
    case '/dev/zero':
    case '/dev/full':
      return makeReader(() => nextTurn().then(() => Buffer.alloc(64 * 1024)))
    case '/dev/random':
    case '/dev/urandom':
      return makeReader(() => nextTurn().then(() => builtin('node:crypto').randomBytes(64 * 1024)))
    case '/dev/stdin':
      return descriptors.get(0)?.reader ?? emptyReader()
    default:
      return emptyReader()
  }
}

function deviceWriter(path: string, descriptors: Descriptors): ByteWriter {
  if (path === '/dev/stdout') return descriptors.get(1)?.writer ?? nullWriter
  if (path === '/dev/stderr') return descriptors.get(2)?.writer ?? nullWriter
  if (path === '/dev/full') return { write: () => Promise.reject(new Error('No space left on device')), close() {} }
  return nullWriter
}

/** Lets timers, sockets and signals have their turn. */
export const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

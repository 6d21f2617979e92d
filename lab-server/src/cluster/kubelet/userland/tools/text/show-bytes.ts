// What `cat -v`, `-e`, `-t` and `-A` make of bytes that do not print.
import type { ByteReader } from '../../byte-stream.ts'
import type { Task } from '../../task.ts'

/** Whether one of the options is given that show what does not print. */
export const isShowing = (has: ReadonlySet<string>) => [...'vetAE'].some((letter) => has.has(letter))

function shown(byte: number, tabs: boolean, ends: boolean): string {
  if (byte === 10) return ends ? '$\n' : '\n'
  if (byte === 9 && !tabs) return '\t'
  const prefix = byte >= 128 ? 'M-' : ''
  const low = byte & 127
  if (low === 127) return `${prefix}^?`
  return low < 32 ? `${prefix}^${String.fromCharCode(low + 64)}` : `${prefix}${String.fromCharCode(low)}`
}

/** Copies with control characters as `^X` and high bytes as `M-x`. */
export async function copyShown(reader: ByteReader, task: Task, has: ReadonlySet<string>): Promise<void> {
  const tabs = has.has('t') || has.has('A')
  const ends = has.has('e') || has.has('A') || has.has('E')
  for (let chunk = await reader.read(); chunk; chunk = await reader.read())
    await task.stdout.write([...chunk].map((byte) => shown(byte, tabs, ends)).join(''))
}

// Whole inputs as lines of bytes: one character of a string is one byte, so that order and length are the C locale's.
import { readAll } from '../../byte-stream.ts'
import { type Task, ToolFailure } from '../../task.ts'
import { explain } from '../explain.ts'
import { eachOperand, readWhole } from '../stream-tools.ts'

/** Splits at each end of line; a last line without one counts too. */
export function splitLines(text: string, end = '\n'): string[] {
  const lines = text.split(end)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** All bytes of one operand; fails with `phrase` when it cannot be opened. */
export async function readOperand(
  task: Task,
  name: string,
  phrase: (problem: string) => string,
  exitCode = 1,
): Promise<string> {
  try {
    return (await readWhole(task, name)).toString('latin1')
  } catch (error) {
    throw new ToolFailure(phrase(explain(error)), exitCode)
  }
}

/** Writes what `convert` makes of each operand, and goes on after one that cannot be read. */
export function convertOperands(task: Task, names: string[], convert: (text: string) => string): Promise<number> {
  return eachOperand(
    task,
    names,
    async (reader) => writeBytes(task, convert((await readAll(reader)).toString('latin1'))),
    (name, problem) => `${name}: ${problem}`,
  )
}

/** Writes text of which each character is a byte. */
export const writeBytes = (task: Task, text: string) => task.stdout.write(Buffer.from(text, 'latin1'))

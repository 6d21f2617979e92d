import type { ScriptNode } from 'just-bash'
import { justBash } from '../just-bash.ts'
import { ShellError } from './state.ts'

interface ParseFailure {
  message: string
  token?: { type: string }
}

const endsEarly = ({ message, token }: ParseFailure) =>
  token?.type === 'EOF' || /got EOF|unexpected EOF|unterminated/i.test(message)

/** Parses a script; a syntax error reads as the shell's. */
export function parseScript(source: string): ScriptNode {
  try {
    return justBash().parse(source)
  } catch (error) {
    const failure = error as ParseFailure
    const token = /token [`'"](.+?)['"]/.exec(failure.message)?.[1]
    const problem = endsEarly(failure) ? 'unexpected end of file' : token ? `unexpected "${token}"` : failure.message
    throw new ShellError(`syntax error: ${problem}`, 2)
  }
}

/** Whether more lines are needed before this can run: an open quote, loop, pipe or here-document. */
export function isUnfinished(source: string): boolean {
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(source)) return true
  if (/(?:&&|\|\|?)\s*$/.test(source)) return true
  try {
    return JSON.stringify(justBash().parse(source)).includes('"terminated":false')
  } catch (error) {
    return endsEarly(error as ParseFailure)
  }
}

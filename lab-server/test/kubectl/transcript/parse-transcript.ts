// Reads transcripts: commands as typed after `$ `, what they printed, and `[exit N]`. Our own checks and the recordings
// of a real cluster have the same form.
import { type OtherAnswer, readOtherAnswer } from './other-answers.ts'

/** One command of a transcript and what is expected of it. */
export interface Step {
  command: string
  /** Standard output and standard error together. */
  output: string
  /** Undefined where a recording does not tell. */
  exitCode: number | undefined
  /** How long the answer may take to become as expected; 0 asks once. */
  withinSeconds: number
  /** What clusters other than v1.36 answer. */
  others: OtherAnswer[]
  /** Where it stands: its first line, from 1, and the last of its output. */
  line: number
  endLine: number
}

const waiting = /^# (?:within )?(\d+) seconds?(?: later)?$/
const ending = /\[exit (\d+)\]$/

/** The lines of a command that starts at `index`: one, or as many as its here-document has. */
function commandEnd(lines: string[], index: number): number {
  const terminator = /<<-?'?(\w+)'?/.exec(lines[index] ?? '')?.[1]
  if (!terminator || /<<</.test(lines[index] ?? '')) return index
  const end = lines.indexOf(terminator, index)
  return end < 0 ? index : end
}

/** Every step, in order. A line `# within N seconds` before a command gives it that long. */
export function parseTranscript(text: string): Step[] {
  const lines = text.split('\n')
  const steps: Step[] = []
  let withinSeconds = 0
  const forAll: OtherAnswer[] = []
  let others: OtherAnswer[] = []
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    withinSeconds = Number(waiting.exec(line)?.[1] ?? withinSeconds)
    const other = readOtherAnswer(lines, index)
    if (other) (other.isForAll ? forAll : others).push(other)
    if (!line.startsWith('$ ')) continue
    const end = commandEnd(lines, index)
    const command = lines
      .slice(index, end + 1)
      .join('\n')
      .slice(2)
    const output: string[] = []
    let exitCode: number | undefined
    let last = end
    while (exitCode === undefined && ++last < lines.length) {
      const following = lines[last + 1] ?? ''
      if (
        lines[last]?.startsWith('$ ') ||
        (lines[last] === '' && (/^[$#] /.test(following) || last === lines.length - 1))
      ) {
        last--
        break
      }
      const found = ending.exec(lines[last] ?? '')
      const printed = (lines[last] ?? '').replace(ending, '')
      if (!found || printed) output.push(printed)
      if (found) exitCode = Number(found[1])
    }
    steps.push({
      command,
      output: output.join('\n'),
      exitCode,
      withinSeconds,
      others: [...others, ...forAll],
      line: index + 1,
      endLine: last + 1,
    })
    withinSeconds = 0
    others = []
    index = last
  }
  return steps
}

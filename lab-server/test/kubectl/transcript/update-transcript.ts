// Writes into a transcript what its commands print: for new checks, and for recording a real cluster.
import { matches } from './compare.ts'
import type { Step } from './parse-transcript.ts'
import { runCommand, type Workplace } from './run-command.ts'
import { written } from './verdict.ts'

/** What a step answers now; what stands there already is kept where it fits. */
export async function recordStep(workplace: Workplace, step: Step): Promise<string> {
  const expected = written({ output: step.output, exitCode: step.exitCode ?? 0 })
  const deadline = Date.now() + step.withinSeconds * 1000
  for (;;) {
    const actual = written(await runCommand(workplace, step.command))
    if (step.exitCode !== undefined && matches(expected, actual)) return expected
    if (Date.now() >= deadline || step.exitCode === undefined) return actual
  }
}

/** `text` with an output for each of its steps. */
export function withOutputs(text: string, steps: Step[], outputs: string[]): string {
  const lines = text.split('\n')
  const parts: string[] = []
  let next = 0
  for (const [index, { line, endLine, command }] of steps.entries()) {
    parts.push(...lines.slice(next, line - 1), ...`$ ${command}`.split('\n'), outputs[index] ?? '')
    next = endLine
  }
  return `${[...parts, ...lines.slice(next)].join('\n').trimEnd()}\n`
}

// Runs one command of a transcript and holds the answer against it.
import { expect } from 'vitest'
import { eventually } from '../eventually.ts'
import { matches } from './compare.ts'
import { normalise } from './normalise.ts'
import type { Step } from './parse-transcript.ts'
import { type Answer, runCommand, type Workplace } from './run-command.ts'

/** An answer as a transcript has it. */
export function written({ output, exitCode }: Answer): string {
  const text = normalise(output)
  return `${text}${text ? '\n' : ''}[exit ${exitCode}]`
}

/** Fails unless the command answers as the transcript says, at once or within the time that it gives. */
export async function checkStep(workplace: Workplace, step: Step): Promise<void> {
  const expected = written({ output: step.output, exitCode: step.exitCode ?? 0 })
  await eventually(async () => {
    const actual = written(await runCommand(workplace, step.command))
    if (!matches(expected, actual)) expect(actual, step.command).toBe(expected)
  }, step.withinSeconds * 1000)
}

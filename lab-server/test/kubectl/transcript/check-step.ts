// Runs one command of a transcript and holds the answer against it.
import { expect } from 'vitest'
import { eventually } from '../eventually.ts'
import type { Traits } from './other-answers.ts'
import type { Step } from './parse-transcript.ts'
import { runCommand, type Workplace } from './run-command.ts'
import { judge, notAsked, type Verdict } from './verdict.ts'

/** A kubelet before 1.22 ends what is terminating no sooner when it is deleted again, with a shorter grace. */
const longestMs = { embedded: 60_000, given: 120_000 }

/** The verdict on a command's answer: the first that is not `differs`, or the last within the time that the step has. */
export async function askStep(workplace: Workplace, step: Step, traits: Traits): Promise<Verdict> {
  const impossible = notAsked(step, traits)
  if (impossible) return impossible
  let verdict: Verdict | undefined
  const timeoutMs = traits.isEmbedded ? longestMs.embedded : longestMs.given
  await eventually(async () => {
    verdict = judge(step, await runCommand(workplace, step.command, timeoutMs), traits)
    if (verdict.kind === 'differs') throw new Error('not yet')
  }, step.withinSeconds * 1000).catch(() => {})
  if (!verdict) throw new Error(`There was no answer to ${step.command}`)
  return verdict
}

/** Fails unless the verdict is that the answer is as it should be. */
export function expectAsWritten(verdict: Verdict, step: Step): void {
  if (verdict.kind === 'differs') expect(verdict.actual, step.command).toBe(verdict.expected)
}

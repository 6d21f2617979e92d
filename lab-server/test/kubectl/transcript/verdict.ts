// What an answer is worth: as v1.36 answers, as the cluster's version or parts explain, or neither.
import { matches } from './compare.ts'
import { normalise } from './normalise.ts'
import { asOlderServer } from './older-servers.ts'
import { answersOf, type Traits } from './other-answers.ts'
import type { Step } from './parse-transcript.ts'
import type { Answer } from './run-command.ts'

/** How an answer stands to the transcript. `known` is a difference of ours; the others that have reasons are not. */
export type Verdict =
  | { kind: 'equal' }
  | { kind: 'explained' | 'known'; reasons: string[] }
  | { kind: 'not asked'; reasons: string[] }
  | { kind: 'differs'; expected: string; actual: string }

/** An answer as a transcript has it. */
export function written({ output, exitCode }: Answer): string {
  const text = normalise(output)
  return `${text}${text ? '\n' : ''}[exit ${exitCode}]`
}

/** Why a command makes no sense on such a cluster, if it makes none. */
export function notAsked(step: Step, traits: Traits): Verdict | undefined {
  const [first] = answersOf(step.others, traits)
  return first && !first.answer ? { kind: 'not asked', reasons: [first.reason] } : undefined
}

/** Judges what a command answered on a cluster. */
export function judge(step: Step, answer: Answer, traits: Traits): Verdict {
  const actual = written(answer)
  const expected = written({ output: step.output, exitCode: step.exitCode ?? 0 })
  if (matches(expected, actual)) return { kind: 'equal' }
  const older = asOlderServer(expected, traits.minor)
  if (matches(older.text, actual)) return { kind: 'explained', reasons: older.reasons }
  for (const { answer: other, reason, where } of answersOf(step.others, traits)) {
    if (!other || !matches(written(other), actual)) continue
    return { kind: where === 'elsewhere' ? 'known' : 'explained', reasons: [reason] }
  }
  return { kind: 'differs', expected, actual }
}

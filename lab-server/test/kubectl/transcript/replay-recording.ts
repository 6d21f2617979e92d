// Runs a recording's commands again, one after the other, against another cluster.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { differingLines, type Likeness, likeness } from './compare.ts'
import { normaliseRecording } from './normalise.ts'
import { parseTranscript, type Step } from './parse-transcript.ts'
import { quoteRecorded } from './quote-recorded.ts'
import { referenceFolder } from './reference.ts'
import { type Answer, runCommand, type Workplace } from './run-command.ts'

/** A command run again, and how alike the answers were. */
export interface ReplayedStep {
  step: Step
  likeness: Likeness
  differences: string[]
}

const applyData = (flags: string, x: string) =>
  `kubectl apply --server-side ${flags} -f - <<< '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"ref"},"data":{"x":"${x}"}}'`

/** Commands that a recording abbreviates, in full. */
const inFull: Record<string, string> = {
  'kubectl apply --server-side --field-manager=alice -f - # data: {x: "9"}': applyData('--field-manager=alice', '9'),
  '… --force-conflicts': applyData('--field-manager=alice --force-conflicts', '9'),
  '… --field-manager=bob # data: {x: "10"}': applyData('--field-manager=bob', '10'),
}

function compare(step: Step, answer: Answer): ReplayedStep {
  const expected = `${normaliseRecording(step.output)}\n[exit ${step.exitCode}]`
  const actual = `${normaliseRecording(answer.output)}\n[exit ${step.exitCode === undefined ? undefined : answer.exitCode}]`
  return { step, likeness: likeness(expected, actual), differences: differingLines(expected, actual) }
}

/** Waits as long as the recording did, then asks until the answer is as recorded, for as long again; the last counts. */
async function replay(workplace: Workplace, step: Step, speed: number): Promise<ReplayedStep> {
  const waitMs = (step.withinSeconds * 1000) / speed
  await pause(waitMs)
  const deadline = Date.now() + waitMs
  for (;;) {
    const replayed = compare(
      step,
      await runCommand(workplace, inFull[step.command] ?? quoteRecorded(step.command).replace('<<EOF', "<<'EOF'")),
    )
    if (replayed.differences.length === 0 || Date.now() >= deadline) return replayed
    await pause(500)
  }
}

/** Replays a whole recording in `workplace`, whose cluster lives `speed` times as fast. */
export async function replayRecording(workplace: Workplace, text: string, speed: number): Promise<ReplayedStep[]> {
  copyFileSync(join(referenceFolder, 'taskmaster.yaml'), join(workplace.folder, 'taskmaster.yaml'))
  const replayed: ReplayedStep[] = []
  for (const step of parseTranscript(text)) replayed.push(await replay(workplace, step, speed))
  return replayed
}

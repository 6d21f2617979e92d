// Runs a recording's commands again, one after the other, against another cluster.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { sleep } from '../../../src/cluster/clock.ts'
import { differingLines, type Likeness, likeness } from './compare.ts'
import { normaliseRecording } from './normalise.ts'
import type { PacedClock } from './paced-clock.ts'
import { makePacer } from './pacer.ts'
import { parseTranscript, type Step } from './parse-transcript.ts'
import { quoteRecorded } from './quote-recorded.ts'
import { provisionByHand } from './recorded-setup.ts'
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

/** Commands that live through the cluster's time; every other one took a moment of it when it was recorded. */
const takesTime =
  /\b(?:wait|rollout status|drain|delete|run|debug|attach|port-forward)\b|logs .*(?:-f|--follow)\b| -w\b/

/** Commands that change nothing, so that they can be asked again. */
const isReading = /^kubectl (?:-n \S+ )?(?:get|describe|logs|events|top|rollout history|auth)\b/

/** A command that waits for a grace period may take that much longer. */
const longestMs = 150_000
/** How fast the time until the recorded second passes. */
const untilStartPace = 20

/** How long, in life, an answer may take to become as recorded: processes start slowly on a busy machine. */
const patienceMs = { afterWait: 20_000, atOnce: 4_000 }

/** The application logs in its own words: only how many lines there are is compared. */
const isApplicationLog = /^kubectl -n taskmaster logs (?:deploy\/backend|-l app=backend) /

function compare(step: Step, answer: Answer): ReplayedStep {
  const comparable = (output: string) =>
    isApplicationLog.test(step.command) ? output.replace(/^.+$/gm, '<line>') : normaliseRecording(output)
  const expected = `${comparable(step.output)}\n[exit ${step.exitCode}]`
  const actual = `${comparable(answer.output)}\n[exit ${step.exitCode === undefined ? undefined : answer.exitCode}]`
  return { step, likeness: likeness(expected, actual), differences: differingLines(expected, actual) }
}

/** The clock of the replayed cluster, and the second of the minute at which the recording began, if that matters. */
export interface ReplayTime {
  clock: PacedClock
  startsAtSecond?: number | undefined
}

/** Replays a whole recording in `workplace`. */
export async function replayRecording(
  workplace: Workplace,
  text: string,
  { clock, startsAtSecond }: ReplayTime,
): Promise<ReplayedStep[]> {
  copyFileSync(join(referenceFolder, 'taskmaster.yaml'), join(workplace.folder, 'taskmaster.yaml'))
  const pacer = makePacer(clock)
  const ask = async (step: Step): Promise<ReplayedStep> => {
    const command = inFull[step.command] ?? quoteRecorded(step.command).replace('<<EOF', "<<'EOF'")
    const run = () => runCommand(workplace, command, longestMs)
    return compare(step, await (takesTime.test(step.command) ? pacer.begin(run) : pacer.moment(run)))
  }

  /** Waits as long as the recording did, then asks until the answer is as recorded or patience ends; the best answer counts. */
  const replay = async (step: Step): Promise<ReplayedStep> => {
    if (step.withinSeconds > 0) {
      pacer.pass(1)
      await sleep(clock, step.withinSeconds * 1000)
    }
    const deadline = performance.now() + (step.withinSeconds > 0 ? patienceMs.afterWait : patienceMs.atOnce)
    let best = await ask(step)
    while (isReading.test(step.command) && best.differences.length > 0 && performance.now() < deadline) {
      const next = await ask(step)
      if (next.differences.length < best.differences.length) best = next
    }
    return best
  }

  await pacer.moment(() => runCommand(workplace, 'kubectl get ns'))
  if (startsAtSecond !== undefined) {
    clock.setPace(untilStartPace)
    await sleep(clock, (startsAtSecond * 1000 - (clock.now() % 60_000) + 60_000) % 60_000)
  }
  const endProvisioner = provisionByHand(workplace)
  const replayed: ReplayedStep[] = []
  for (const step of parseTranscript(text)) replayed.push(await replay(step))
  endProvisioner()
  return replayed
}

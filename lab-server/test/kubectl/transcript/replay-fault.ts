// Breaks a healthy TaskMaster as a recording did and asks what it asked.
import { sleep } from '../../../src/cluster/clock.ts'
import { eventually } from '../eventually.ts'
import { differingLines, type Likeness, likeness } from './compare.ts'
import { normaliseRecording } from './normalise.ts'
import type { PacedClock } from './paced-clock.ts'
import { makePacer, type Pacer } from './pacer.ts'
import { parseTranscript, type Step } from './parse-transcript.ts'
import { type Row, readRows, renamePods } from './rename-pods.ts'
import { runCommand, type Workplace } from './run-command.ts'

/** A recorded fault: how it was made, how long it was left alone, and what was asked then. */
export interface RecordedFault {
  command: string
  waitSeconds: number
  questions: Step[]
}

/** What was asked, and how alike the answers were. */
export interface Replayed {
  question: string
  likeness: Likeness
  differences: string[]
}

/** Reads a recording of a fault, or of the healthy application. */
export function parseFault(text: string): RecordedFault {
  const [head = ''] = text.split(/^\$ /m)
  const command = head.split('\n').find((line) => line.startsWith('kubectl ')) ?? 'true'
  return {
    command: command.replaceAll('; rk ', ' && kubectl '),
    waitSeconds: Number(/^# (\d+) seconds later/m.exec(head)?.[1] ?? 0),
    // The application logs in its own words; what the API says of logs is compared.
    questions: parseTranscript(text).filter(
      ({ command: asked, output }) => !asked.startsWith('kubectl logs') || output.startsWith('Error'),
    ),
  }
}

const status = 'sh -c rk get pods'

/** Which image it is, and a time that is never set. */
const leftOut = [/"imageID"|"lastProbeTime"/]

/** One pod's status a line per field, so that a difference is one line. */
function statusLines(output: string): string {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.stringify(JSON.parse(line), undefined, 1))
    .join('\n')
}

/** An output as it is compared: normalised, each event once, without what is left out. */
function comparable({ command }: Step, output: string): string {
  const text = command.startsWith(status) ? statusLines(output) : sortKeys(output)
  const lines = normaliseRecording(text)
    .replaceAll(/"restartCount": \d+/g, '"restartCount": <n>')
    .replaceAll(/Restart Count: {2}\d+/g, 'Restart Count:  <n>')
    .replaceAll(/back-off (?:\d+m)?\d+s restarting/g, 'back-off <age> restarting')
    .split('\n')
    .filter((line) => !leftOut.some((pattern) => pattern.test(line)))
  return (/^kubectl get events/.test(command) ? [...new Set(lines)] : lines).join('\n')
}

/** A JSON document says the same in any order. */
function sortKeys(output: string): string {
  try {
    return JSON.stringify(Object.entries(JSON.parse(output) as object).sort())
  } catch {
    return output
  }
}

const podStatus = `kubectl get pods -n taskmaster -o json | node -e '
  const { items } = JSON.parse(require("fs").readFileSync(0, "utf8"))
  const sorted = (value) => Array.isArray(value) ? value.map(sorted)
    : value && typeof value === "object" ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) : value
  for (const { metadata, status } of items) console.log(JSON.stringify(sorted({ name: metadata.name, status })))'`

async function ask(workplace: Workplace, fault: RecordedFault, pacer: Pacer): Promise<Replayed[]> {
  const podsOf = (rows: Row[]) => rows.filter(({ READY }) => READY)
  const recorded = podsOf(readRows(fault.questions[0]?.output ?? ''))
  const ours = podsOf(
    readRows((await pacer.moment(() => runCommand(workplace, 'kubectl get pods -n taskmaster'))).output),
  )
  const replayed: Replayed[] = []
  for (const question of fault.questions) {
    const command = question.command.startsWith(status)
      ? podStatus
      : renamePods(question.command, recorded, ours).replace(/=\.(\w+)$/, "='.$1'")
    const { output } = await pacer.moment(() => runCommand(workplace, command))
    const [expected, actual] = [comparable(question, question.output), comparable(question, output)]
    replayed.push({
      question: question.command.slice(0, 100),
      likeness: likeness(expected, actual),
      differences: differingLines(expected, actual),
    })
  }
  return replayed
}

/** Percent of lines that are equal, over all questions. */
export function shareOf(replayed: Replayed[]): number {
  const same = replayed.reduce((sum, { likeness }) => sum + likeness.same, 0)
  return (100 * same) / replayed.reduce((sum, { likeness }) => sum + likeness.of, 0)
}

async function run(workplace: Workplace, command: string) {
  const { output, exitCode } = await runCommand(workplace, command, 120_000)
  if (exitCode !== 0) throw new Error(`${command}\n${output}`)
}

/** How many times faster than life a quiet machine waits. */
const waitPace = 4

/** Deploys TaskMaster, breaks it, waits as long as the recording did in the cluster's time, and asks; the best of a few askings counts. */
export async function replayFault(
  workplace: Workplace,
  fault: RecordedFault,
  { manifest, clock }: { manifest: string; clock: PacedClock },
): Promise<Replayed[]> {
  const pacer = makePacer(clock)
  await run(workplace, `kubectl apply -f ${manifest}`)
  await eventually(() =>
    run(workplace, 'kubectl -n taskmaster wait --for=condition=available deploy --all --timeout=60s'),
  )
  await pacer.moment(() => run(workplace, fault.command))
  pacer.pass(waitPace)
  await sleep(clock, fault.waitSeconds * 1000)
  let best = await ask(workplace, fault, pacer)
  for (let again = 0; again < 3 && shareOf(best) < 100; again++) {
    pacer.pass(1)
    await sleep(clock, 1000)
    const next = await ask(workplace, fault, pacer)
    if (shareOf(next) > shareOf(best)) best = next
  }
  return best
}

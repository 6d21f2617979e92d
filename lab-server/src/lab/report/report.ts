// The report at the end: what was broken, what was changed, how the application fared.
import type { Attempt, ObjectDiff, Report } from '../../contract/attempts.ts'
import type { AttemptRecord, HealthSample } from '../attempt-record.ts'
import type { KubeObject } from '../kubernetes/objects.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { changesAsDiffs } from './changes.ts'

/** The report of an attempt that has ended or is solved. */
export function makeReport(record: AttemptRecord, scenario: Scenario | undefined, attempt: Attempt): Report {
  const hints = (scenario?.hints ?? []).slice(0, record.hintsRevealed)
  return {
    attempt,
    cause: scenario?.cause ?? 'The scenario of this attempt is no longer installed.',
    debrief: scenario?.debrief ?? '',
    changes: changesAsDiffs(record.changedObjects, healthyObjects(record), record.brokenObjects).map((change) => ({
      ...change,
      edits: editsOf(change.object, record.timeline),
    })),
    timeline: record.timeline,
    health: record.health,
    hints: hints.map(({ text, cost }) => ({ text, cost })),
    secondsToDetect: secondsToDetect(record),
    secondsToRepair: secondsToRepair(record),
    score: attempt.score,
  }
}

function healthyObjects({ baseline }: AttemptRecord): Record<string, KubeObject> {
  return { ...baseline?.objects, ...baseline?.beyond }
}

/** What the timeline says of one object. */
function editsOf(object: string, timeline: AttemptRecord['timeline']): ObjectDiff['edits'] {
  const beginning = `${object} `
  return timeline
    .filter(({ kind, text }) => kind === 'change' && text.startsWith(beginning))
    .map(({ at, text }) => ({ at, text: text.slice(beginning.length) }))
}

/** From the break to the first command that looked at something, or the first change. */
export function secondsToDetect({ brokenAt, timeline }: AttemptRecord): number | null {
  if (!brokenAt) return null
  const first = timeline.find((entry) => entry.at >= brokenAt && (entry.kind === 'command' || entry.kind === 'change'))
  return first ? seconds(brokenAt, first.at) : null
}

/** From the application's failure to its last recovery; from the break where health never showed it. */
export function secondsToRepair({ brokenAt, solvedAt, health }: AttemptRecord): number | null {
  if (!brokenAt || !solvedAt) return null
  const during = health.filter((sample) => sample.at <= solvedAt)
  const failure = during.find((sample) => !sample.healthy)
  const recovery = lastRecovery(during)
  if (failure && recovery) return seconds(failure.at < brokenAt ? brokenAt : failure.at, recovery.at)
  return seconds(brokenAt, solvedAt)
}

function lastRecovery(samples: HealthSample[]): HealthSample | undefined {
  return samples.findLast((sample, index) => sample.healthy && samples[index - 1]?.healthy === false)
}

function seconds(from: string, to: string): number {
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 100) / 10)
}

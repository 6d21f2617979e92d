// Were the answers to writes and reads right at some moment between question and answer?
import type { History, ReadRecord, WriteRecord } from './history.ts'
import { type Entry, outcomeOf, sameState } from './specification.ts'
import { subjectNamed, type Timeline, type Violation } from './timeline.ts'
import { window } from './world.ts'

/** Checks refusals, writes that changed nothing, gets and lists. */
export function checkAnswers(history: History, timeline: Timeline): Violation[] {
  return [
    ...history.writes.flatMap((record) => checkWrite(record, timeline)),
    ...history.reads.flatMap((record) => checkRead(record, timeline)),
    ...checkIdentities(history),
  ]
}

/** What an object was at any moment from one revision to another. */
function entriesDuring(
  timeline: Timeline,
  subject: string,
  key: string,
  from: number,
  to: number,
): (Entry | undefined)[] {
  const versions = timeline.versions(subject, key)
  const during = versions.filter(({ revision }) => revision > from && revision <= to)
  const before = versions.findLast(({ revision }) => revision <= from)
  return [before?.entry, ...during.map(({ entry }) => entry)]
}

function checkWrite(record: WriteRecord, timeline: Timeline): Violation[] {
  const { subject, key, client, intent, from, to, answer } = record
  const moments = entriesDuring(timeline, subject, key, from, to)
  const outcomes = moments.map((entry) => ({ entry, outcome: outcomeOf(subjectNamed(subject), intent, client, entry) }))
  const tell = (promise: string): Violation[] => [
    { promise, revision: to, detail: JSON.stringify({ record, moments }) },
  ]
  if ('refusal' in answer) {
    const isRight = outcomes.some(({ outcome }) => outcome.is === 'refused' && outcome.reason === answer.refusal)
    return isRight ? [] : tell('a refusal has its reason at some moment of the request')
  }
  if (answer.revision > from) return []
  const isRight = outcomes.some(
    ({ entry, outcome }) =>
      outcome.is === 'same' && entry?.revision === answer.revision && sameState(entry.state, answer.state),
  )
  return isRight ? [] : tell('a write that changes nothing is answered with the present object')
}

function checkRead(record: ReadRecord, timeline: Timeline): Violation[] {
  const { subject, scope, from, to, at, answer } = record
  const tell = (promise: string): Violation[] => [{ promise, revision: to, detail: JSON.stringify(record) }]
  if ('refusal' in answer) {
    if (scope.key !== undefined) {
      const isRight =
        answer.refusal === 'NotFound' && entriesDuring(timeline, subject, scope.key, from, to).includes(undefined)
      return isRight ? [] : tell('a get fails only when there is no such object')
    }
    const isRight = answer.refusal === 'Expired' && at !== undefined && isOutside(timeline, subject, at, to)
    return isRight ? [] : tell('410 only outside the window')
  }
  if (scope.key !== undefined) {
    const [item] = answer.items
    const found = entriesDuring(timeline, subject, scope.key, from, to)
    const isRight = found.some(
      (entry) => entry && item && entry.revision === item.revision && sameState(entry.state, item.state),
    )
    return isRight ? [] : tell('a get answers with the object as it is')
  }
  if (at === undefined ? answer.revision < from || answer.revision > to : answer.revision !== at) {
    return tell('a list is as of a moment of the request')
  }
  const expected = objectsAt(timeline, subject, answer.revision, scope)
  const isSame =
    expected.length === answer.items.length &&
    expected.every(([key, entry], index) => {
      const item = answer.items[index]
      return item?.key === key && item.revision === entry.revision && sameState(item.state, entry.state)
    })
  return isSame ? [] : tell('a list holds exactly what existed at its revision')
}

/** The selected objects of a kind at a revision, in key order. */
export function objectsAt(
  timeline: Timeline,
  subject: string,
  revision: number,
  scope: { namespace?: string; team?: string },
): [string, Entry][] {
  const latest = new Map<string, Entry>()
  for (const step of timeline.steps.get(subject) ?? []) {
    if (step.revision > revision) break
    if (step.type === 'DELETED') latest.delete(step.key)
    else latest.set(step.key, step.after)
  }
  return [...latest].filter(([key, entry]) => isSelected(key, entry, scope)).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Tells whether a list or watch of this scope shows the object. */
export function isSelected(
  key: string,
  entry: Entry,
  { namespace, team }: { namespace?: string; team?: string },
): boolean {
  if (namespace !== undefined && !key.startsWith(`${namespace}/`)) return false
  return team === undefined || entry.state.fields.team === team
}

/** Tells whether a version may have been forgotten: more changes of the kind came since than the store promises to keep. */
export function isOutside(timeline: Timeline, subject: string, since: number, now: number): boolean {
  const steps = timeline.steps.get(subject) ?? []
  const missed = steps.filter(({ revision }) => revision > since && revision <= now).length
  return missed > window
}

function checkIdentities(history: History): Violation[] {
  const born = new Map<string, number>()
  const violations: Violation[] = []
  for (const { intent, answer, to } of history.writes) {
    if (intent.do !== 'create' || !('state' in answer)) continue
    const { uid } = answer.state
    if (born.has(uid)) violations.push({ promise: 'every object has its own uid', revision: to, detail: uid })
    born.set(uid, answer.revision)
  }
  return violations
}

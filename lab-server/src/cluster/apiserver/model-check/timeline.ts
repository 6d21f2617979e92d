// The one order of all writes, replayed: what existed at every revision, and what changed at each.
import type { History, WriteRecord } from './history.ts'
import { type Entry, outcomeOf, sameState } from './specification.ts'
import { type Subject, subjects } from './subject.ts'

/** One committed write. `after` is the last state of an object that is gone. */
export interface Step {
  revision: number
  key: string
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  before?: Entry
  after: Entry
}

/** A broken promise, with what is needed to look for its cause. */
export interface Violation {
  promise: string
  /** The revision at which it shows, for finding the shortest run that breaks it. */
  revision: number
  detail: string
}

/** Everything that happened, in order. */
export interface Timeline {
  /** Of each kind, by its name. */
  steps: Map<string, Step[]>
  /** The states of one object: each holds from its revision on; an absent entry is a deletion. */
  versions(subject: string, key: string): { revision: number; entry?: Entry }[]
  violations: Violation[]
}

/** Finds a subject by its name. */
export function subjectNamed(name: string): Subject {
  const found = subjects.find((subject) => subject.name === name)
  if (found === undefined) throw new Error(`no subject ${name}`)
  return found
}

/** Replays the acknowledged writes in the order of their revisions against the specification. */
export function replay(history: History): Timeline {
  const violations: Violation[] = []
  const steps = new Map<string, Step[]>(subjects.map(({ name }) => [name, []]))
  const versions = new Map<string, { revision: number; entry?: Entry }[]>()
  const versionsOf = (subject: string, key: string) => {
    const id = `${subject} ${key}`
    const found = versions.get(id) ?? []
    if (found.length === 0) versions.set(id, found)
    return found
  }
  const report = (promise: string, revision: number, detail: string) => violations.push({ promise, revision, detail })

  for (const [revision, records] of byRevision(history)) {
    const [first] = records
    if (first === undefined) {
      report('every revision is an acknowledged write', revision, `nobody was told of revision ${revision}`)
      continue
    }
    const { subject, key } = first
    const known = versionsOf(subject, key)
    const before = known.at(-1)?.entry
    const writer = records.find((record) => commits(record, before))
    if (writer === undefined) {
      const what = {
        revision,
        before,
        asked: records.map(({ client, intent, answer }) => ({ client, intent, answer })),
      }
      report('a write does what it says to what it found', revision, JSON.stringify(what))
    }
    const made = writer ?? first
    if (!('state' in made.answer)) continue
    const outcome = outcomeOf(subjectNamed(subject), made.intent, made.client, before)
    const owners = outcome.is === 'changed' ? outcome.entry.owners : {}
    const after: Entry = { revision, state: made.answer.state, owners }
    const { isGone } = made.answer
    known.push(isGone ? { revision } : { revision, entry: after })
    steps.get(subject)?.push({ revision, key, type: isGone ? 'DELETED' : before ? 'MODIFIED' : 'ADDED', before, after })
  }
  return { steps, violations, versions: (subject, key) => versions.get(`${subject} ${key}`) ?? [] }
}

/** Answered writes by revision, with an empty place for each revision that nobody was answered. */
function byRevision(history: History): Map<number, WriteRecord[]> {
  const all = new Map<number, WriteRecord[]>()
  for (let revision = history.start + 1; revision <= history.end; revision += 1) all.set(revision, [])
  for (const record of history.writes) {
    if ('state' in record.answer) all.get(record.answer.revision)?.push(record)
  }
  return all
}

function commits({ subject, intent, client, answer }: WriteRecord, before: Entry | undefined): boolean {
  if (!('state' in answer)) return false
  const outcome = outcomeOf(subjectNamed(subject), intent, client, before)
  if (outcome.is !== 'changed' || outcome.isGone !== answer.isGone) return false
  // A new object's uid is the server's to choose.
  const uid = before?.state.uid ?? answer.state.uid
  return sameState({ ...outcome.entry.state, uid }, answer.state)
}

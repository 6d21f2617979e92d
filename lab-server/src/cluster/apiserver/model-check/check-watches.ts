// Did every watch tell the whole story of its kind, in order and once, from where it began?
import { isOutside, isSelected, objectsAt } from './check-answers.ts'
import type { History, WatchLine, WatchRecord } from './history.ts'
import { type Entry, sameState } from './specification.ts'
import type { Step, Timeline, Violation } from './timeline.ts'
import { bufferedChanges } from './world.ts'

/** Checks all watches, and what the watchers believed in the end. */
export function checkWatches(history: History, timeline: Timeline): Violation[] {
  const violations = history.watches.flatMap((record) => checkWatch(record, timeline))
  for (const belief of history.beliefs) {
    const truth = objectsAt(timeline, belief.subject, belief.revision, belief.scope)
    const isSame =
      truth.length === belief.items.size &&
      truth.every(([key, { state }]) => {
        const believed = belief.items.get(key)
        return believed !== undefined && sameState(believed, state)
      })
    if (isSame) continue
    const { watcher, subject, scope } = belief
    violations.push({
      promise: 'a watcher that resumes ends with what is stored',
      revision: belief.revision,
      detail: JSON.stringify({ watcher, subject, scope, believed: [...belief.items], truth }),
    })
  }
  return violations
}

interface Expected {
  type: string
  key: string
  revision: number
  state: Entry['state']
}

function checkWatch(record: WatchRecord, timeline: Timeline): Violation[] {
  const { subject, since, from, to, end } = record
  const tell = (promise: string, line?: WatchLine, expected?: Expected): Violation[] => {
    const { lines, ...about } = record
    return [
      {
        promise,
        revision: line?.revision ?? to,
        detail: JSON.stringify({ ...about, line, expected, lines: lines.length }),
      },
    ]
  }
  if (end === 'expired') {
    const isRight = since !== undefined && isOutside(timeline, subject, since, from)
    return isRight ? [] : tell('410 only outside the window')
  }
  const initial = since === undefined ? initialEvents(timeline, record) : []
  const later = eventsAfter(timeline, record, since ?? from)
  const expected = [...initial, ...later]
  let next = 0
  let hasEnded = false
  let latest = since ?? from
  for (const line of record.lines) {
    if (line.type === 'BOOKMARK') {
      if (line.isInitialEnd) {
        if (hasEnded || next < initial.length) return tell('one closing bookmark follows the initial events', line)
        hasEnded = true
      }
      if (line.revision < latest) return tell('a bookmark is not older than what was seen', line)
      // Whoever resumes from a bookmark must have been given everything up to it.
      const missed = expected[next]
      if (missed && (next < initial.length || missed.revision <= line.revision)) {
        return tell('a bookmark covers what was sent', line, missed)
      }
      latest = line.revision
      continue
    }
    const wanted = expected[next]
    if (!wanted || !isSameEvent(line, wanted)) return tell('events come whole, once and in order', line, wanted)
    if (next >= initial.length) {
      if (line.revision <= latest) return tell('events come after the version that the watch began with', line)
      latest = line.revision
    }
    next += 1
  }
  const missed = expected[next]
  if (end === 'cut') {
    const behind = stepsAfter(timeline, subject, latest).filter(({ revision }) => revision <= to).length
    return behind > bufferedChanges ? [] : tell('only a watch that is far behind is cut')
  }
  if (end === 'behind') return []
  if (missed && missed.revision <= to) return tell('a watch that reads is given everything', undefined, missed)
  return record.wantsInitialEnd && !hasEnded ? tell('one closing bookmark follows the initial events') : []
}

function isSameEvent(line: WatchLine, wanted: Expected): boolean {
  const { type, key, revision, state } = line
  const isSame = type === wanted.type && key === wanted.key && revision === wanted.revision
  return isSame && state !== undefined && sameState(state, wanted.state)
}

function initialEvents(timeline: Timeline, { subject, from, scope }: WatchRecord): Expected[] {
  return objectsAt(timeline, subject, from, scope).map(([key, { revision, state }]) => ({
    type: 'ADDED',
    key,
    revision,
    state,
  }))
}

function stepsAfter(timeline: Timeline, subject: string, since: number): Step[] {
  const steps = timeline.steps.get(subject) ?? []
  const first = steps.findIndex(({ revision }) => revision > since)
  return first < 0 ? [] : steps.slice(first)
}

/** What the changes after a revision look like through the watch's selectors. */
function eventsAfter(timeline: Timeline, { subject, scope, to }: WatchRecord, since: number): Expected[] {
  const events: Expected[] = []
  for (const { revision, key, type, before, after } of stepsAfter(timeline, subject, since)) {
    if (revision > to) break
    const was = before !== undefined && isSelected(key, before, scope)
    const isNow = type !== 'DELETED' && isSelected(key, after, scope)
    if (isNow) events.push({ type: was ? 'MODIFIED' : 'ADDED', key, revision, state: after.state })
    // The last state that was selected, at the revision at which it went.
    else if (was) events.push({ type: 'DELETED', key, revision, state: before.state })
  }
  return events
}

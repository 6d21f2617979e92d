// What the API promises of one write, as a pure function of the object that it meets. Small enough to be right.
import type { Intent } from './history.ts'
import { fieldNames, type ObjectState, type Subject } from './subject.ts'

/** An object as it is at one revision. */
export interface Entry {
  revision: number
  state: ObjectState
  /** Who owns each field, as server-side apply sees it: `manager/operation`. */
  owners: Record<string, string[]>
}

/** What must come of a write: a new state, none at all, or a refusal. */
export type Outcome =
  | { is: 'refused'; reason: string }
  | { is: 'same' }
  | { is: 'changed'; entry: Omit<Entry, 'revision'>; isGone: boolean }

const refused = (reason: string): Outcome => ({ is: 'refused', reason })

/** Tells what `intent` of `client` does to the object, or to its absence. */
export function outcomeOf(subject: Subject, intent: Intent, client: string, current: Entry | undefined): Outcome {
  if (intent.do === 'create') {
    if (current) return refused('AlreadyExists')
    return created(subject, intent.fields, intent.finalizers, `${client}/Update`)
  }
  if (current === undefined) {
    return intent.do === 'apply' ? created(subject, intent.fields, [], `${client}/Apply`) : refused('NotFound')
  }
  const { state } = current
  if ('revision' in intent && intent.revision !== undefined && intent.revision !== String(current.revision)) {
    return refused('Conflict')
  }
  switch (intent.do) {
    case 'update': {
      const isAdded = intent.finalizers.some((name) => !state.finalizers.includes(name))
      if (state.isDeleting && isAdded) return refused('Invalid')
      return changed(subject, current, { ...state, fields: intent.fields, finalizers: intent.finalizers }, client)
    }
    case 'merge': {
      const fields: Record<string, string> = { ...state.fields }
      for (const [field, value] of Object.entries(intent.fields)) {
        if (value === null) delete fields[field]
        else fields[field] = value
      }
      return changed(subject, current, { ...state, fields }, client)
    }
    case 'json': {
      if (intent.test !== undefined && state.fields[intent.field] !== intent.test) return refused('Invalid')
      return changed(subject, current, { ...state, fields: { ...state.fields, [intent.field]: intent.value } }, client)
    }
    case 'apply':
      return applied(subject, current, intent, client)
    case 'status':
      return changed(subject, current, { ...state, status: intent.status }, client)
    case 'release':
      return changed(subject, current, { ...state, finalizers: [] }, client)
    default:
      return deleted(current)
  }
}

function created(subject: Subject, fields: Record<string, string>, finalizers: string[], owner: string): Outcome {
  const generation = subject.counted.length > 0 ? { generation: 1 } : {}
  const state: ObjectState = { uid: '', fields, finalizers, isDeleting: false, ...generation }
  const owners = Object.fromEntries(Object.keys(fields).map((field) => [field, [owner]]))
  return { is: 'changed', entry: { state, owners }, isGone: false }
}

/** The outcome of a write that is no apply: whoever changes a field owns it alone. */
function changed(subject: Subject, current: Entry, next: ObjectState, client: string): Outcome {
  const before = current.state
  const owners: Entry['owners'] = {}
  for (const field of Object.keys(next.fields)) {
    const isSame = before.fields[field] === next.fields[field]
    owners[field] = isSame ? (current.owners[field] ?? []) : [`${client}/Update`]
  }
  return settled(subject, current, next, owners)
}

function applied(
  subject: Subject,
  current: Entry,
  { fields, force }: { fields: Record<string, string>; force: boolean },
  client: string,
): Outcome {
  const self = `${client}/Apply`
  const next = { ...current.state.fields }
  const owners: Entry['owners'] = { ...current.owners }
  for (const [field, value] of Object.entries(fields)) {
    const others = (current.owners[field] ?? []).filter((owner) => owner !== self)
    const isDisputed = next[field] !== undefined && next[field] !== value && others.length > 0
    if (isDisputed && !force) return refused('Conflict')
    owners[field] = isDisputed ? [self] : [...others, self]
    next[field] = value
  }
  for (const field of fieldNames) {
    const isGivenUp = !(field in fields) && current.owners[field]?.includes(self)
    if (!isGivenUp) continue
    const others = (current.owners[field] ?? []).filter((owner) => owner !== self)
    if (others.length > 0) owners[field] = others
    else {
      delete owners[field]
      delete next[field]
    }
  }
  return settled(subject, current, { ...current.state, fields: next }, owners)
}

function deleted(current: Entry): Outcome {
  const { state, owners } = current
  // At once: what is answered is the last state, unmarked.
  if (state.finalizers.length === 0) return { is: 'changed', entry: { state, owners }, isGone: true }
  if (state.isDeleting) return { is: 'same' }
  const generation = state.generation === undefined ? {} : { generation: state.generation + 1 }
  return { is: 'changed', entry: { state: { ...state, isDeleting: true, ...generation }, owners }, isGone: false }
}

function settled(subject: Subject, current: Entry, next: ObjectState, owners: Entry['owners']): Outcome {
  const before = current.state
  const isCounted = subject.counted.some((field) => before.fields[field] !== next.fields[field])
  const state = isCounted ? { ...next, generation: (before.generation ?? 0) + 1 } : next
  if (sameState(state, before)) return { is: 'same' }
  return { is: 'changed', entry: { state, owners }, isGone: state.isDeleting && state.finalizers.length === 0 }
}

/** Tells whether two states are the same to the checker. */
export function sameState(a: ObjectState, b: ObjectState): boolean {
  if (a === b) return true
  return (
    a.uid === b.uid &&
    a.isDeleting === b.isDeleting &&
    a.generation === b.generation &&
    a.status === b.status &&
    a.finalizers.join() === b.finalizers.join() &&
    fieldNames.every((field) => a.fields[field] === b.fields[field])
  )
}

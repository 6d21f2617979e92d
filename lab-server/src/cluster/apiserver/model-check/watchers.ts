// The twenty watchers: each keeps a picture of its kind as an informer does, drops its connection and resumes.
import { sleep } from '../../clock.ts'
import type { KubeObject } from '../../objects/types.ts'
import { isApiError } from '../errors.ts'
import { answerWatch } from '../http/watch-answer.ts'
import type { WatchLine, WatchRecord } from './history.ts'
import { query } from './readers.ts'
import { makeSlowResponse, type SlowResponse } from './slow-response.ts'
import { type ObjectState, type Subject, stateOf, subjects } from './subject.ts'
import { bufferedChanges, keyOf, namespaces, type World } from './world.ts'

type Scope = WatchRecord['scope']

/** What a watcher believes: the objects it knows, as of a version it may resume from. */
interface Picture {
  items: Map<string, ObjectState>
  /** Absent until a list or the end of the initial events has made the picture whole. */
  revision?: number
}

/** Watches one kind, again and again, until the run is over; then reads to the end and says what it believes. */
export async function runWatcher(world: World, watcher: number): Promise<void> {
  const { clock, random, history, store } = world
  const subject = subjects[watcher % subjects.length] as Subject
  const scope: Scope = {
    ...(subject.namespaced && random.chance(0.4) ? { namespace: random.pick(namespaces) } : {}),
    ...(random.chance(0.4) ? { team: random.pick(['red', 'blue']) } : {}),
  }
  const watching = { world, watcher, subject, scope }
  let picture: Picture = { items: new Map() }
  await sleep(clock, random.below(500))
  while (!world.isOver) {
    picture = await watchOnce(watching, picture)
    if (random.chance(0.1)) lookBack(watching)
    await sleep(clock, random.below(random.pick([5, 500, 8000])))
  }
  if (picture.revision === undefined) return
  picture = await watchOnce(watching, picture)
  if (picture.revision === undefined) return
  history.beliefs.push({ watcher, subject: subject.name, scope, revision: store.revision(), items: picture.items })
}

interface Watching {
  world: World
  watcher: number
  subject: Subject
  scope: Scope
}

/** One connection. Returns what the watcher believes afterwards. */
async function watchOnce(watching: Watching, before: Picture): Promise<Picture> {
  const { world, subject, scope } = watching
  const { random, registry, clock } = world
  let picture = before
  if (picture.revision === undefined) {
    picture = { items: new Map() }
    if (random.chance(0.5)) {
      // A list first, then a watch from its version: nothing may fall between them.
      const page = registry.list(random.pick(subject.faces), query(scope))
      for (const object of page.items) picture.items.set(keyOf(subject, object), stateOf(subject, object))
      picture.revision = Number(page.resourceVersion)
      if (random.chance(0.5)) await sleep(clock, random.below(300))
    }
  }
  const connection = makeSlowResponse(world.isOver ? Number.POSITIVE_INFINITY : random.pick([1, 20, 400]))
  const record = open(watching, connection, picture.revision)
  if (record.end === 'expired') return { items: new Map() }
  const dropAfter = 1 + random.below(random.pick([5, 200, 4000]))
  const paceMs = random.pick([3, 30, 300])
  for (let taken = 0; world.isOver || taken < dropAfter; ) {
    const lines = connection.read(1 + random.below(400))
    taken += Math.max(1, lines.length)
    for (const line of lines) picture = believe(watching, picture, line)
    const isDone = world.isOver
      ? connection.unread() === 0
      : connection.ended() !== undefined && connection.unread() === 0
    if (isDone) break
    const isStalled = random.chance(0.004)
    if (!world.isOver) await sleep(clock, isStalled ? 5000 + random.below(60_000) : random.below(paceMs))
  }
  close(watching, connection, record)
  return picture
}

/** A short look at the past: any version of the window can be resumed from. */
function lookBack(watching: Watching): void {
  const { random, store, history } = watching.world
  const now = store.revision()
  const since = Math.max(history.start, now - random.below(random.pick([100, 800, 3000])))
  const connection = makeSlowResponse(Number.POSITIVE_INFINITY)
  const record = open(watching, connection, since)
  if (record.end !== 'expired') close(watching, connection, record)
}

function open(
  { world, watcher, subject, scope }: Watching,
  connection: SlowResponse,
  since: number | undefined,
): WatchRecord {
  const { random, registry, store, clock, history } = world
  const wantsInitialEnd = since === undefined
  const record: WatchRecord = {
    watcher,
    subject: subject.name,
    scope,
    since,
    wantsInitialEnd,
    from: store.revision(),
    to: 0,
    lines: [],
    end: 'left',
  }
  history.watches.push(record)
  try {
    answerWatch(registry, random.pick(subject.faces), () => connection.response, {
      request: { ...query(scope), resourceVersion: since === undefined ? undefined : String(since) },
      initial: wantsInitialEnd,
      initialBookmark: wantsInitialEnd,
      bookmarks: wantsInitialEnd || random.chance(0.7),
      timeoutMs: 1000 * (1 + random.below(random.pick([5, 300]))),
      clock,
      bufferedChanges,
      onEnd() {
        record.to = store.revision()
      },
    })
  } catch (error) {
    if (!isApiError(error, 'Expired')) throw error
    record.end = 'expired'
  }
  return record
}

function close({ subject }: Watching, connection: SlowResponse, record: WatchRecord): void {
  record.end = connection.ended() ?? (connection.isFull() ? 'behind' : 'left')
  record.lines = connection.written.map((line) => parseLine(subject, line))
  connection.leave()
}

/** The same line comes to many watchers. */
const parsed = new Map<string, WatchLine>()

function parseLine(subject: Subject, text: string): WatchLine {
  const known = parsed.get(text)
  if (known) return known
  if (parsed.size > 2000) parsed.clear()
  const line = parseText(subject, text)
  parsed.set(text, line)
  return line
}

function parseText(subject: Subject, text: string): WatchLine {
  const { type, object } = JSON.parse(text) as { type: WatchLine['type']; object: KubeObject }
  const revision = Number(object.metadata.resourceVersion)
  const isInitialEnd = object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true'
  if (type === 'BOOKMARK') return { type, key: '', revision, isInitialEnd }
  return { type, key: keyOf(subject, object), revision, state: stateOf(subject, object), isInitialEnd: false }
}

/** What an informer makes of a line. */
function believe({ subject }: Watching, picture: Picture, text: string): Picture {
  const { type, key, revision, state, isInitialEnd } = parseLine(subject, text)
  if (type === 'DELETED') picture.items.delete(key)
  else if (state) picture.items.set(key, state)
  const isWhole = picture.revision !== undefined || isInitialEnd
  return isWhole ? { items: picture.items, revision } : picture
}

// A watch as an answer: one JSON document a line, for as long as the client listens or asked for.
import type { Writable } from 'node:stream'
import type { Clock, Timer } from '../../clock.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import type { Registry } from '../registry.ts'
import { apiVersionOf } from '../storage-version.ts'
import type { ListRequest } from '../verbs/list.ts'
import { columnDefinitions, partialObject, type TableOptions, tableRow } from './table.ts'

/** How a client wants to watch. */
export interface WatchOptions {
  request: ListRequest
  /** Start with what exists, as ADDED. */
  initial: boolean
  /** Mark the end of the initial events with an annotated bookmark. */
  initialBookmark: boolean
  bookmarks: boolean
  timeoutMs: number
  /** Rows of a table, or metadata only, instead of whole objects. */
  table?: TableOptions
  partialVersion?: string
  /** Wall time: how long a watch lasts is a promise to the other end of a socket. */
  clock: Clock
  /** How far the client may fall behind before it is cut; the registry's own limit when absent. */
  bufferedChanges?: number
  /** Called once, when the server has written its last line. */
  onEnd?(): void
}

// Upstream sends one about every minute, and one this long before the time is up.
const bookmarkEveryMs = 60_000
const bookmarkBeforeEndMs = 2_000

/**
 * Streams a watch until the client goes, the time is up, or the client is too slow to follow. `open` is called once
 * the watch is known to be possible; it answers nothing when the client is not there any more.
 */
export function answerWatch(
  registry: Registry,
  kind: KindDefinition,
  open: () => Writable | undefined,
  options: WatchOptions,
): void {
  let isInitial = options.initialBookmark
  let isFirstTable = true
  let isBlocked = false
  let isEnded = false
  const timers = new Set<Timer>()
  let response: Writable | undefined
  // Throws before anything is sent, so that the caller can still answer with an error.
  const watch = registry.watch(
    kind,
    { ...options.request, initial: options.initial, limit: options.bufferedChanges },
    pump,
  )
  response = open()
  if (response === undefined) {
    stop()
    return
  }
  response.on('close', stop)
  response.on('drain', () => {
    isBlocked = false
    pump()
  })
  timers.add(options.clock.after(options.timeoutMs, end))
  if (options.bookmarks) {
    bookmarkEvery(bookmarkEveryMs)
    const beforeEndMs = options.timeoutMs - bookmarkBeforeEndMs
    if (beforeEndMs > 0) timers.add(options.clock.after(beforeEndMs, bookmark))
  }
  pump()

  function bookmark() {
    if (!isBlocked) sendBookmark()
  }

  function bookmarkEvery(periodMs: number) {
    const timer = options.clock.after(periodMs, () => {
      timers.delete(timer)
      bookmark()
      bookmarkEvery(periodMs)
    })
    timers.add(timer)
  }

  function pump() {
    // A client that reads on after the end must be told nothing more, least of all that it has seen everything.
    if (isEnded || response === undefined) return
    while (!isBlocked) {
      const event = watch.take()
      if (event === undefined) break
      send(event.type, event.object)
    }
    if (watch.isCut) {
      // It can never catch up: the client lists again, from the version it last saw.
      stop()
      response.destroy()
      return
    }
    if (!isBlocked && isInitial) {
      isInitial = false
      sendBookmark({ 'k8s.io/initial-events-end': 'true' })
    }
  }

  function sendBookmark(annotations?: Record<string, string>) {
    const metadata = { resourceVersion: String(watch.revision()), ...(annotations ? { annotations } : {}) }
    send('BOOKMARK', { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata })
  }

  function send(type: string, object: KubeObject) {
    isBlocked = response?.write(`${JSON.stringify({ type, object: shown(type, object) })}\n`) === false
  }

  function shown(type: string, object: KubeObject): unknown {
    if (options.table) {
      // Ages are told as of each event, not of the start.
      const table = { ...options.table, nowMs: registry.core.clock.now() }
      const columns = isFirstTable ? columnDefinitions(kind) : null
      isFirstTable = false
      return {
        kind: 'Table',
        apiVersion: `meta.k8s.io/${table.version}`,
        metadata: { resourceVersion: object.metadata.resourceVersion },
        columnDefinitions: columns,
        rows: [type === 'BOOKMARK' ? bookmarkRow(object, table) : tableRow(kind, object, table)],
      }
    }
    return options.partialVersion ? partialObject(object, options.partialVersion) : object
  }

  /** A bookmark is no object: its cells are those of an empty one. */
  function bookmarkRow(object: KubeObject, table: TableOptions) {
    const { cells } = tableRow(kind, { ...object, metadata: { name: '' } }, { ...table, includeObject: 'None' })
    const row = { cells: cells.map((cell) => cell ?? '') }
    return table.includeObject === 'None' ? row : { ...row, object: partialObject(object, table.version) }
  }

  function stop() {
    if (isEnded) return
    isEnded = true
    watch.stop()
    for (const timer of timers) timer.cancel()
    options.onEnd?.()
  }

  function end() {
    stop()
    response?.end()
  }
}

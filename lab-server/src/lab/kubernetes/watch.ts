// Follows all objects of one kind: list, then watch from there, for ever. Survives time-outs, restarts of the
// API server and "too old" (410); a kind that the cluster does not serve is an empty one.
import { createInterface } from 'node:readline'
import { type KindName, objectPath } from './kinds.ts'
import { apiVersionsOf, type KubernetesApi } from './kubernetes-api.ts'
import { isNotFound, readStatus } from './kubernetes-error.ts'
import type { KubeObject } from './objects.ts'
import { retryAfterMs } from './retry-after.ts'

export interface ObjectChange {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  kind: KindName
  object: KubeObject
  /** The state before, when it was known. */
  previous?: KubeObject
}

export interface WatchOptions {
  namespace?: string
  /** Only the object of this name. */
  name?: string
  onChange(change: ObjectChange): void
  /** Called with false when the stream is lost and with true when it is current again. */
  onConnected?(isConnected: boolean): void
  /** A stream that is silent for so long is taken for dead; servers send a bookmark about once a minute. */
  silenceMs?: number
}

export interface KindWatch {
  /** Resolves when the first list has been delivered. */
  readonly ready: Promise<void>
  /** The current objects by name. */
  readonly objects: ReadonlyMap<string, KubeObject>
  stop(): void
}

const firstDelayMs = 100
const longestDelayMs = 5_000
const usualSilenceMs = 150_000
/** A stream that ends sooner counts as a failure: a server that cuts each at once must not be asked in a tight loop. */
const shortestStreamMs = 1_000

/** The pause before try number `failures`, with jitter so that many watchers do not return at once. */
export function nextDelayMs(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures, 10))
  return Math.round(ceiling / 2 + (ceiling / 2) * random())
}

/** Starts to follow a kind. Changes made while the stream was lost arrive as changes when it is back. */
export function startWatch(api: KubernetesApi, kind: KindName, options: WatchOptions): KindWatch {
  const objects = new Map<string, KubeObject>()
  const stopping = new AbortController()
  let version = apiVersionsOf(kind)[0] ?? 'v1'
  let resourceVersion = ''
  let markReady: () => void = () => {}
  const ready = new Promise<void>((resolve) => {
    markReady = resolve
  })

  const query = (parameters: Record<string, string>) => {
    const search = new URLSearchParams(parameters)
    if (options.name) search.set('fieldSelector', `metadata.name=${options.name}`)
    return `${objectPath(kind, { namespace: options.namespace, apiVersion: version })}?${search}`
  }

  function set(object: KubeObject): void {
    const previous = objects.get(object.metadata.name)
    if (previous && previous.metadata.resourceVersion === object.metadata.resourceVersion) return
    objects.set(object.metadata.name, object)
    options.onChange({ type: previous ? 'MODIFIED' : 'ADDED', kind, object, previous })
  }

  function unset(name: string, last?: KubeObject): void {
    const previous = objects.get(name)
    if (!previous) return
    objects.delete(name)
    options.onChange({ type: 'DELETED', kind, object: last ?? previous, previous })
  }

  async function list(): Promise<boolean> {
    for (const candidate of apiVersionsOf(kind)) {
      version = candidate
      const { status, body } = await api.raw({ path: query({ limit: '0' }) })
      if (status === 404) continue
      if (status >= 400) throw readStatus(status, body)
      const answer = JSON.parse(body) as { metadata: { resourceVersion: string }; items: KubeObject[] }
      const names = new Set(answer.items.map((item) => item.metadata.name))
      for (const name of [...objects.keys()]) if (!names.has(name)) unset(name)
      for (const item of answer.items) set({ ...item, kind, apiVersion: version })
      resourceVersion = answer.metadata.resourceVersion
      return true
    }
    return false
  }

  async function follow(): Promise<void> {
    const path = query({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion,
      timeoutSeconds: String(240 + Math.floor(Math.random() * 240)),
    })
    const { request, response } = api.open(path)
    const abort = () => request.destroy()
    stopping.signal.addEventListener('abort', abort)
    try {
      const answer = await response
      if (answer.statusCode !== 200) {
        answer.resume()
        throw Object.assign(readStatus(answer.statusCode ?? 0, ''), { retryAfter: answer.headers['retry-after'] })
      }
      answer.on('error', () => {})
      // A connection that is half open says nothing: what is silent for too long is opened anew where it was.
      answer.socket.setTimeout(options.silenceMs ?? usualSilenceMs, abort)
      options.onConnected?.(true)
      for await (const line of createInterface({ input: answer })) {
        if (line !== '') apply(JSON.parse(line))
      }
    } finally {
      stopping.signal.removeEventListener('abort', abort)
      request.destroy()
    }
  }

  function apply(event: { type: string; object: KubeObject & { code?: number; message?: string } }): void {
    if (event.type === 'ERROR') throw readStatus(event.object.code ?? 500, JSON.stringify(event.object))
    resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion
    if (event.type === 'BOOKMARK') return
    if (event.type === 'DELETED') unset(event.object.metadata.name, { ...event.object, kind })
    else set({ ...event.object, kind })
  }

  async function run(): Promise<void> {
    let failures = 0
    while (!stopping.signal.aborted) {
      try {
        if (resourceVersion === '' && !(await list())) {
          markReady()
          options.onConnected?.(true)
          // Not served here. It may be installed later, but that is rare: look again in a minute.
          await pause(60_000, stopping.signal)
          continue
        }
        markReady()
        const startedMs = performance.now()
        await follow()
        if (performance.now() - startedMs >= shortestStreamMs) {
          failures = 0
          continue
        }
        options.onConnected?.(false)
        await pause(nextDelayMs(failures++), stopping.signal)
      } catch (error) {
        if (stopping.signal.aborted) return
        const { status, retryAfter } = error as { status?: number; retryAfter?: string }
        if (status === 410 || isNotFound(error)) resourceVersion = ''
        options.onConnected?.(false)
        await pause(Math.max(nextDelayMs(failures++), retryAfterMs(retryAfter) ?? 0), stopping.signal)
      }
    }
  }

  void run()
  return { ready, objects, stop: () => stopping.abort() }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(done, ms)
    timer.unref()
    signal.addEventListener('abort', done, { once: true })
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}

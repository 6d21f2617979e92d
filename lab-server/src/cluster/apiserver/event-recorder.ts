// Records Events as upstream's recorder does: a repeat raises the count of the first one, and a flood of similar ones is combined.
import type { EventReport } from '../client.ts'
import { formatMicroTime, formatTime } from '../clock.ts'
import type { KubeObject } from '../objects/types.ts'
import { isApiError } from './errors.ts'
import { nextInSeries, type Observed } from './event-series.ts'
import type { Registry } from './registry.ts'
import { componentContext } from './request-context.ts'

/** Reports Events about objects; never throws. */
export interface EventRecorder {
  report(object: KubeObject, report: EventReport): void
}

interface Recorded {
  name: string
  count: number
  firstTimestamp: string
}

// Upstream's correlator: ten similar events within ten minutes are combined into one; each source may report 25 about
// one object at once and one more every five minutes.
const similarLimit = 10
const similarWindowMs = 600_000
const burst = 25
const refillMs = 300_000
const remembered = 4096
// Where the control plane runs: part of the name under which the scheduler reports.
const controlPlaneHost = 'node-1'

/** Makes the recorder of one cluster. */
export function makeEventRecorder(registry: Registry): EventRecorder {
  const { clock, kinds } = registry.core
  const recorded = new Map<string, Recorded>()
  const similar = new Map<string, { messages: Set<string>; lastMs: number }>()
  const budgets = new Map<string, { tokens: number; atMs: number }>()
  const series = new Map<string, Observed>()
  let sequence = 0
  // Writes about one event stay in order: each waits for the one before.
  let queue: Promise<void> = Promise.resolve()

  function report(object: KubeObject, given: EventReport) {
    const nowMs = clock.now()
    if (given.action !== undefined) {
      queue = queue.then(() => writeSeries(object, given, nowMs)).catch(() => {})
      return
    }
    if (!hasBudget(object, given, nowMs)) return
    const message = combine(object, given, nowMs)
    const key = keyOf(object, { ...given, message })
    const timestamp = formatTime(nowMs)
    queue = queue.then(() => write(object, { ...given, message }, key, timestamp)).catch(() => {})
  }

  async function write(object: KubeObject, given: EventReport, key: string, timestamp: string): Promise<void> {
    const kind = kinds.find('', 'v1', 'events')
    if (kind === undefined) return
    const namespace = object.metadata.namespace || 'default'
    const context = componentContext(given.component)
    const before = recorded.get(key)
    if (before) {
      const count = before.count + 1
      try {
        const change = (event: KubeObject) => ({ ...event, count, lastTimestamp: timestamp, message: given.message })
        await registry.update(kind, { namespace, name: before.name }, { context, change })
        recorded.set(key, { ...before, count })
        return
      } catch (error) {
        // It has been deleted since, as old Events are: start over.
        if (!isApiError(error, 'NotFound')) throw error
      }
    }
    const event = newEvent(object, given, { namespace, timestamp, name: eventName(object) })
    await registry.create(kind, { namespace, object: event, context })
    recorded.set(key, { name: event.metadata.name ?? '', count: 1, firstTimestamp: timestamp })
    forgetOldest(recorded)
  }

  async function writeSeries(object: KubeObject, given: EventReport, nowMs: number): Promise<void> {
    const kind = kinds.find('', 'v1', 'events')
    if (kind === undefined) return
    const namespace = object.metadata.namespace || 'default'
    const context = componentContext(given.component)
    // As upstream, whose key has the object's version, and not what is said of it.
    const key = `${keyOf(object, { ...given, message: '' })}\0${given.action}\0${object.metadata.resourceVersion}`
    const step = nextInSeries(series.get(key), nowMs)
    if (step.write !== 'event') {
      series.set(key, step.observed)
      if (step.write === 'nothing') return
      const { name, count } = step.observed
      const lastObservedTime = formatMicroTime(nowMs)
      const change = (event: KubeObject) => ({ ...event, series: { count, lastObservedTime } })
      try {
        await registry.update(kind, { namespace, name }, { context, change })
        return
      } catch (error) {
        if (!isApiError(error, 'NotFound')) throw error
      }
    }
    const event = newSeries(object, given, { namespace, eventTime: formatMicroTime(nowMs), name: eventName(object) })
    await registry.create(kind, { namespace, object: event, context })
    series.set(key, { name: event.metadata.name ?? '', count: 1, seenMs: nowMs, writtenMs: nowMs })
    forgetOldest(series)
  }

  /** Similar events differ in their message only. */
  function combine(object: KubeObject, given: EventReport, nowMs: number): string {
    const key = keyOf(object, { ...given, message: '' })
    const known = similar.get(key)
    const entry =
      known && nowMs - known.lastMs < similarWindowMs ? known : { messages: new Set<string>(), lastMs: nowMs }
    entry.lastMs = nowMs
    entry.messages.add(given.message)
    similar.delete(key)
    similar.set(key, entry)
    forgetOldest(similar)
    if (entry.messages.size < similarLimit) return given.message
    // Enough is known; the set need not grow.
    const [first] = entry.messages
    if (entry.messages.size > similarLimit && first !== undefined) entry.messages.delete(first)
    return `(combined from similar events): ${given.message}`
  }

  /** `name.<nanoseconds in hexadecimal>`, as upstream names them; the sequence stands for the part that our clock lacks. */
  function eventName(object: KubeObject): string {
    sequence = (sequence + 1) % 1_000_000
    const nanoseconds = BigInt(Math.floor(clock.now())) * 1_000_000n + BigInt(sequence)
    return `${object.metadata.name}.${nanoseconds.toString(16)}`
  }

  function hasBudget(object: KubeObject, given: EventReport, nowMs: number): boolean {
    const key = `${given.component}\0${given.host ?? ''}\0${object.metadata.uid ?? ''}\0${object.metadata.name ?? ''}`
    const budget = budgets.get(key) ?? { tokens: burst, atMs: nowMs }
    const refilled = Math.min(burst, budget.tokens + (nowMs - budget.atMs) / refillMs)
    const isAllowed = refilled >= 1
    budgets.set(key, { tokens: isAllowed ? refilled - 1 : refilled, atMs: nowMs })
    forgetOldest(budgets)
    return isAllowed
  }

  return { report }
}

function keyOf(object: KubeObject, { type, reason, message, component, host, fieldPath }: EventReport): string {
  const { uid, namespace, name } = object.metadata
  // Combined events count as one, whatever the last message was.
  const text = message.startsWith('(combined from similar events)') ? '(combined)' : message
  return [component, host, object.kind, namespace, name, uid, fieldPath, type, reason, text].join('\0')
}

function newEvent(
  object: KubeObject,
  given: EventReport,
  { namespace, timestamp, name }: { namespace: string; timestamp: string; name: string },
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: referenceTo(object, given.fieldPath),
    reason: given.reason,
    message: given.message,
    source: { component: given.component, ...(given.host ? { host: given.host } : {}) },
    firstTimestamp: timestamp,
    lastTimestamp: timestamp,
    count: 1,
    type: given.type,
    eventTime: null,
    reportingComponent: given.component,
    reportingInstance: given.host ?? '',
  }
}

/** An Event that has the time it happened and, at first, no count. */
function newSeries(
  object: KubeObject,
  given: EventReport,
  { namespace, eventTime, name }: { namespace: string; eventTime: string; name: string },
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: referenceTo(object, given.fieldPath),
    reason: given.reason,
    message: given.message,
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    type: given.type,
    eventTime,
    action: given.action,
    reportingComponent: given.component,
    reportingInstance: `${given.component}-${given.host ?? controlPlaneHost}`,
  }
}

function referenceTo(object: KubeObject, fieldPath: string | undefined) {
  const { namespace, name, uid, resourceVersion } = object.metadata
  return {
    kind: object.kind,
    ...(namespace ? { namespace } : {}),
    name,
    ...(uid ? { uid } : {}),
    apiVersion: object.apiVersion,
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(fieldPath ? { fieldPath } : {}),
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= remembered) return
    map.delete(key)
  }
}

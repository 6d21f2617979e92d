// Counts of requests and objects, as `/metrics` shows them. A text of a few hundred lines needs no library.
import type { KindTable } from '../../objects/kind-table.ts'
import type { Store } from '../../store/store.ts'
import { storageVersionOf } from '../storage-version.ts'
import type { RequestInfo } from './request-info.ts'

/** Counts requests and writes the counts down. */
export interface RequestMetrics {
  /** Called once for each answer, with the time it took. */
  count(info: RequestInfo, code: number, milliseconds: number): void
  text(): string
}

// Upstream's bounds, as far as a local server needs them.
const boundsSeconds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 5, 10, 30, 60]

interface Histogram {
  buckets: number[]
  sum: number
  count: number
}

/** Makes the counters of one server. */
export function makeRequestMetrics({ store, kinds }: { store: Store; kinds: KindTable }): RequestMetrics {
  const totals = new Map<string, number>()
  const durations = new Map<string, Histogram>()

  return {
    count(info, code, milliseconds) {
      const verb = info.verb.toUpperCase()
      const isKnown = info.isResource && kinds.find(info.group, info.version, info.resource) !== undefined
      const resource = isKnown ? labels(info) : 'group="",resource="",subresource="",version=""'
      const key = `code="${code}",${resource},verb="${verb}"`
      totals.set(key, (totals.get(key) ?? 0) + 1)
      // How long a watch lasts says nothing about the server.
      if (verb !== 'WATCH') observe(durations, `${resource},verb="${verb}"`, milliseconds / 1000)
    },
    text() {
      return [
        '# HELP apiserver_request_total Counter of apiserver requests broken out for each verb, resource and HTTP response code.',
        '# TYPE apiserver_request_total counter',
        ...[...totals].map(([key, total]) => `apiserver_request_total{${key}} ${total}`),
        '# HELP apiserver_request_duration_seconds Response latency distribution in seconds for each verb and resource.',
        '# TYPE apiserver_request_duration_seconds histogram',
        ...[...durations].flatMap(([key, histogram]) => histogramLines(key, histogram)),
        '# HELP apiserver_storage_objects Number of stored objects at the time of last check split by kind.',
        '# TYPE apiserver_storage_objects gauge',
        ...objectLines(store, kinds),
        '',
      ].join('\n')
    },
  }
}

function labels(info: Extract<RequestInfo, { isResource: true }>): string {
  const { group, resource, subresource = '', version } = info
  return `group="${group}",resource="${resource}",subresource="${clean(subresource)}",version="${version}"`
}

/** Of what a path says, the subresource is the client's own: it must not break the format, nor fill the memory. */
function clean(text: string): string {
  return known.has(text) ? text : 'other'
}

const known = new Set([
  '',
  'status',
  'scale',
  'log',
  'exec',
  'attach',
  'portforward',
  'proxy',
  'eviction',
  'binding',
  'token',
])

function observe(durations: Map<string, Histogram>, key: string, seconds: number): void {
  const histogram = durations.get(key) ?? { buckets: boundsSeconds.map(() => 0), sum: 0, count: 0 }
  durations.set(key, histogram)
  for (const [index, bound] of boundsSeconds.entries()) {
    if (seconds <= bound) histogram.buckets[index] = (histogram.buckets[index] ?? 0) + 1
  }
  histogram.sum += seconds
  histogram.count += 1
}

function histogramLines(key: string, { buckets, sum, count }: Histogram): string[] {
  const name = 'apiserver_request_duration_seconds'
  return [
    ...boundsSeconds.map((bound, index) => `${name}_bucket{${key},le="${bound}"} ${buckets[index] ?? 0}`),
    `${name}_bucket{${key},le="+Inf"} ${count}`,
    `${name}_sum{${key}} ${sum}`,
    `${name}_count{${key}} ${count}`,
  ]
}

function objectLines(store: Store, kinds: KindTable): string[] {
  const buckets = new Set(kinds.all().map((kind) => storageVersionOf(kind).bucket))
  return [...buckets].map((bucket) => `apiserver_storage_objects{resource="${bucket}"} ${store.count(bucket)}`)
}

import { nameColumn, plain, wide } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { Event } from '../types.ts'
import { eventFromCore, eventToCore } from './event-conversion.ts'

const columns = [
  plain('Last Seen'),
  plain('Type'),
  plain('Reason'),
  plain('Object'),
  wide('Subobject'),
  wide('Source'),
  plain('Message'),
  wide('First Seen'),
  wide('Count'),
  { ...nameColumn, priority: 1 },
]

/** What the events.k8s.io face of an Event calls the fields of the core one. */
type AnyEvent = Event & {
  regarding?: Event['involvedObject']
  note?: string
  deprecatedSource?: Event['source']
  deprecatedFirstTimestamp?: string
  deprecatedLastTimestamp?: string
  deprecatedCount?: number
  reportingController?: string
}

/** Something that happened to an object. */
export const event = defineKind<Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  columns,
  cells,
  applyDefaults(event) {
    event.source ??= {}
    event.reportingComponent ??= ''
    event.reportingInstance ??= ''
    // Upstream writes these times even when there are none.
    const none = null as unknown as string
    event.eventTime ??= none
    event.firstTimestamp ??= none
    event.lastTimestamp ??= none
  },
  selectableFields: {
    'involvedObject.kind': (event) => event.involvedObject?.kind,
    'involvedObject.namespace': (event) => event.involvedObject?.namespace,
    'involvedObject.name': (event) => event.involvedObject?.name,
    'involvedObject.uid': (event) => event.involvedObject?.uid,
    'involvedObject.apiVersion': (event) => event.involvedObject?.apiVersion,
    'involvedObject.resourceVersion': (event) => event.involvedObject?.resourceVersion,
    'involvedObject.fieldPath': (event) => event.involvedObject?.fieldPath,
    reason: (event) => event.reason,
    reportingComponent: (event) => event.reportingComponent,
    source: (event) => event.source?.component || event.reportingComponent,
    type: (event) => event.type,
  },
})

/** The same Events under their newer group. */
export const modernEvent = defineKind<AnyEvent>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  storedAs: { group: '', version: 'v1', plural: 'events', toStored: eventToCore, fromStored: eventFromCore },
  columns,
  cells,
  selectableFields: {
    'regarding.kind': (event) => event.regarding?.kind,
    'regarding.namespace': (event) => event.regarding?.namespace,
    'regarding.name': (event) => event.regarding?.name,
    'regarding.uid': (event) => event.regarding?.uid,
    'regarding.apiVersion': (event) => event.regarding?.apiVersion,
    'regarding.resourceVersion': (event) => event.regarding?.resourceVersion,
    'regarding.fieldPath': (event) => event.regarding?.fieldPath,
    reason: (event) => event.reason,
    reportingController: (event) => event.reportingController,
    source: (event) => event.deprecatedSource?.component || event.reportingController,
    type: (event) => event.type,
  },
})

function cells(event: AnyEvent, { nowMs }: { nowMs: number }): unknown[] {
  const about = event.involvedObject ?? event.regarding
  const first = event.firstTimestamp || event.deprecatedFirstTimestamp || event.eventTime
  const last = event.lastTimestamp || event.deprecatedLastTimestamp || first
  const count = event.series?.count ?? event.count ?? event.deprecatedCount ?? 0
  return [
    age(event.series?.lastObservedTime || last, nowMs),
    event.type ?? '',
    event.reason ?? '',
    [(about?.kind ?? '').toLowerCase(), about?.name].filter(Boolean).join('/'),
    about?.fieldPath ?? '',
    source(event),
    (event.message ?? event.note ?? '').trim(),
    age(first, nowMs),
    count || 1,
    event.metadata.name,
  ]
}

function source(event: AnyEvent): string {
  const { component, host } = event.source ?? event.deprecatedSource ?? {}
  const reporter = component || event.reportingComponent || event.reportingController || ''
  return [reporter, host || event.reportingInstance].filter(Boolean).join(', ')
}

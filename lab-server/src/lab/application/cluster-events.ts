// The cluster's own Events, as the attempt's page lists them.
import type { ClusterEvent } from '../../contract/events.ts'
import type { KubeObject } from '../kubernetes/objects.ts'
import type { Objects } from '../world/world.ts'

/** An Event of core/v1, written by an old recorder (`lastTimestamp`) or a new one (`eventTime`, `series`). */
interface EventObject extends KubeObject {
  type?: string
  reason?: string
  message?: string
  count?: number
  lastTimestamp?: string
  eventTime?: string
  involvedObject?: { kind?: string; name?: string }
  series?: { count?: number; lastObservedTime?: string }
}

const mostShown = 100

/** The newest Events, the latest last. */
export function listClusterEvents(objects: Objects): ClusterEvent[] {
  const events = objects.list<EventObject>('Event').map(describeEvent)
  return events.sort((a, b) => (a.at < b.at ? -1 : 1)).slice(-mostShown)
}

function describeEvent(event: EventObject): ClusterEvent {
  const { series, involvedObject } = event
  return {
    at: series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '',
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    object: `${involvedObject?.kind ?? ''}/${involvedObject?.name ?? ''}`,
    message: event.message ?? '',
    count: series?.count ?? event.count ?? 1,
  }
}

import { defineController, keyOf } from './runtime.ts'

const lifetimeMs = 3_600_000

/** Deletes Events an hour after they were last seen. */
export const eventExpiryController = defineController({
  kind: 'Event',
  async reconcile(event, { client, clock }) {
    const times = [
      event.series?.lastObservedTime,
      event.lastTimestamp,
      event.eventTime,
      event.metadata.creationTimestamp,
    ]
    const lastMs = Math.max(0, ...times.map((time) => (time ? Date.parse(time) : 0)))
    const leftMs = lastMs + lifetimeMs - clock.now()
    if (leftMs > 0) return { requeueAfterMs: leftMs }
    await client.remove('Event', keyOf(event))
    return undefined
  },
})

// The cluster's Events, newest first, as kubectl words them.
import type { ClusterEvent } from '@taskmaster-lab/server/contract'
import { For } from 'solid-js'
import { formatTimeOfDay } from '../state/clock.ts'
import styles from './event-list.module.css'
import { Shape } from './shape.tsx'

export function EventList(props: { events: ClusterEvent[] }) {
  return (
    <div class={styles.scroll}>
      <table class={styles.table}>
        <thead>
          <tr>
            <th>Seen</th>
            <th>Reason</th>
            <th>Object</th>
            <th>Message</th>
          </tr>
        </thead>
        <tbody>
          <For
            each={props.events.toReversed()}
            fallback={
              <tr>
                <td colspan="4">No events yet.</td>
              </tr>
            }
          >
            {(event) => (
              <tr data-type={event.type}>
                <td class="number">{formatTimeOfDay(event.at)}</td>
                <td>
                  <Shape tone={event.type === 'Warning' ? 'warn' : 'ok'} label={event.type} /> {event.reason}
                  {event.count > 1 ? <span class={`number ${styles.count}`}> ×{event.count}</span> : null}
                </td>
                <td>
                  <code>{event.object}</code>
                </td>
                <td>{event.message}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  )
}

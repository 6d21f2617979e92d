// What users meet right now, in a few words: the board, the API, the database.
import type { AppHealth } from '@taskmaster-lab/server/contract'
import { Show } from 'solid-js'
import styles from './health-badge.module.css'
import { Shape, type Tone } from './shape.tsx'

const httpTone = (status: number | null): Tone => (status === 200 ? 'ok' : 'bad')
const databaseTone: Record<AppHealth['database'], Tone> = { connected: 'ok', disconnected: 'bad', unknown: 'unknown' }
const databaseText: Record<AppHealth['database'], string> = { connected: 'ok', disconnected: 'down', unknown: '?' }

export function HealthBadge(props: { health: AppHealth | undefined }) {
  return (
    <Show when={props.health}>
      {(health) => (
        <span class={styles.badge} role="status">
          <span title={health().frontend.detail}>
            <Shape tone={httpTone(health().frontend.status)} label="" /> Board{' '}
            <b class="number">{health().frontend.status ?? '—'}</b>
          </span>
          <span title={health().api.detail}>
            <Shape tone={httpTone(health().api.status)} label="" /> API{' '}
            <b class="number">{health().api.status ?? '—'}</b>
          </span>
          <span>
            <Shape tone={databaseTone[health().database]} label="" /> DB <b>{databaseText[health().database]}</b>
          </span>
        </span>
      )}
    </Show>
  )
}

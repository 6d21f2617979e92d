// Health over time as a strip: served or not, with how long users went without.
import type { Report } from '@taskmaster-lab/server/contract'
import { For, Show } from 'solid-js'
import { formatDuration } from '../state/clock.ts'
import { healthSpans } from '../state/health-spans.ts'
import styles from './health-strip.module.css'

export function HealthStrip(props: { health: Report['health']; from: string | null; to: string | null }) {
  const spans = () => healthSpans(props.health, props.from, props.to)
  const down = () => spans().reduce((sum, span) => sum + (span.healthy ? 0 : span.seconds), 0)
  return (
    <Show when={spans().length > 0}>
      <figure class={styles.strip}>
        <div>
          <For each={spans()}>
            {(span) => (
              <span
                data-healthy={span.healthy}
                style={{ 'flex-grow': span.seconds }}
                title={`${span.healthy ? 'served' : 'not served'} for ${formatDuration(span.seconds)}`}
              />
            )}
          </For>
        </div>
        <figcaption>
          Users went without for <b class="number">{formatDuration(down())}</b>
        </figcaption>
      </figure>
    </Show>
  )
}

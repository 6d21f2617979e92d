// What happened, in order: stages, health, changes, commands.
import type { TimelineEntry } from '@taskmaster-lab/server/contract'
import { For } from 'solid-js'
import { formatTimeOfDay } from '../state/clock.ts'
import styles from './timeline.module.css'

const names: Record<TimelineEntry['kind'], string> = {
  stage: 'prepared',
  fault: 'broken',
  health: 'health',
  change: 'change',
  command: 'command',
  hint: 'hint',
  check: 'check',
  solved: 'solved',
  reset: 'reset',
}

export function Timeline(props: { entries: TimelineEntry[] }) {
  return (
    <ol class={styles.timeline}>
      <For each={props.entries} fallback={<li class={styles.empty}>Nothing has happened yet.</li>}>
        {(entry) => (
          <li data-kind={entry.kind}>
            <time class="number" datetime={entry.at}>
              {formatTimeOfDay(entry.at)}
            </time>
            <span class={styles.kind}>{names[entry.kind]}</span>
            <span class={styles.text}>{entry.text}</span>
          </li>
        )}
      </For>
    </ol>
  )
}

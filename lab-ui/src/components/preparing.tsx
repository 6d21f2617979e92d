// Nothing ever just spins: the stages of the preparation, each with a clock and what it usually takes.
import type { Stage } from '@taskmaster-lab/server/contract'
import { For, Show } from 'solid-js'
import { formatDuration } from '../state/clock.ts'
import styles from './preparing.module.css'
import { Shape, type Tone } from './shape.tsx'

const tones: Record<Stage['state'], Tone> = { waiting: 'unknown', running: 'busy', done: 'ok', failed: 'bad' }

export function Preparing(props: { stages: Stage[]; now: number; problem: string | null }) {
  const elapsedMs = (stage: Stage) =>
    stage.startedAt ? (stage.endedAt ? Date.parse(stage.endedAt) : props.now) - Date.parse(stage.startedAt) : 0
  const share = (stage: Stage) => {
    if (stage.state === 'done') return 1
    return stage.state === 'running' ? Math.min(0.95, elapsedMs(stage) / Math.max(1, stage.usualMs)) : 0
  }
  return (
    <section class={styles.preparing} aria-labelledby="preparing">
      <h2 id="preparing">
        {props.problem ? 'This attempt could not be prepared' : 'Making your cluster, then breaking it'}
      </h2>
      <Show when={props.problem}>
        <p class={styles.problem}>{props.problem}</p>
      </Show>
      <ol>
        <For each={props.stages}>
          {(stage) => (
            <li data-state={stage.state}>
              <Shape tone={tones[stage.state]} />
              <span>{stage.title}</span>
              <span class={styles.bar} aria-hidden="true">
                <span style={{ transform: `scaleX(${share(stage)})` }} />
              </span>
              <span class={`number ${styles.time}`}>
                <Show
                  when={stage.startedAt}
                  fallback={
                    <span class={styles.usual}>usually {formatDuration(Math.max(1, stage.usualMs / 1000))}</span>
                  }
                >
                  {(elapsedMs(stage) / 1000).toFixed(1)} s
                </Show>
              </span>
            </li>
          )}
        </For>
      </ol>
    </section>
  )
}

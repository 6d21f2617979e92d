// The moment after: what it was, how to see it, what you changed, how the score came about.

import { A } from '@solidjs/router'
import type { Report } from '@taskmaster-lab/server/contract'
import { For, Show } from 'solid-js'
import { formatDuration } from '../state/clock.ts'
import styles from './debrief.module.css'
import { Diff } from './diff.tsx'
import { Markdown } from './markdown.tsx'
import { ScoreTable } from './score-table.tsx'

/** `onRun` gets a command of the debrief that is to be run again: given where there is a terminal. */
export function Debrief(props: {
  report: Report
  withLink?: boolean
  onRun?: ((command: string) => void) | undefined
}) {
  return (
    <article class={styles.debrief}>
      <dl class={styles.facts}>
        <div>
          <dt>Score</dt>
          <dd class="number">
            {props.report.score.points} <small>of {props.report.score.max}</small>
          </dd>
        </div>
        <Show when={props.report.secondsToDetect !== null}>
          <div>
            <dt>Time to detect</dt>
            <dd class="number">{formatDuration(props.report.secondsToDetect ?? 0)}</dd>
          </div>
        </Show>
        <Show when={props.report.secondsToRepair !== null}>
          <div>
            <dt>Time to repair</dt>
            <dd class="number">{formatDuration(props.report.secondsToRepair ?? 0)}</dd>
          </div>
        </Show>
      </dl>
      <section>
        <h2>What it was</h2>
        <p>{props.report.cause}</p>
      </section>
      <Markdown text={props.report.debrief} onRun={props.onRun} />
      <section>
        <h2>What you changed</h2>
        <p class={styles.dim}>Against the healthy application, as the lab saw it.</p>
        <For
          each={props.report.changes}
          fallback={<p class={styles.dim}>Nothing differs from the healthy application.</p>}
        >
          {(change) => <Diff change={change} />}
        </For>
      </section>
      <ScoreTable score={props.report.score} />
      <Show when={props.withLink}>
        <p>
          <A href={`/attempts/${props.report.attempt.id}/report`}>Open the report as a page</A>
        </p>
      </Show>
    </article>
  )
}

// The ticket, what is left to do, and help. After the repair: the debrief.
import type { Attempt, Hints as HintsState, Report } from '@taskmaster-lab/server/contract'
import { Show } from 'solid-js'
import { CheckList } from './check-list.tsx'
import { Debrief } from './debrief.tsx'
import { Hints } from './hints.tsx'
import { Markdown } from './markdown.tsx'
import { NextScenario } from './next-scenario.tsx'
import styles from './side-panel.module.css'

export function SidePanel(props: {
  attempt: Attempt
  hints: HintsState | undefined
  report: Report | undefined
  now: number
  onReveal(): void
  /** Types a command of the debrief into the terminal. */
  onRun(command: string): void
  onStarted(attempt: Attempt): void
}) {
  const ended = () => props.attempt.state === 'solved' || props.attempt.state === 'abandoned'
  return (
    <div class={styles.panel}>
      <Show when={ended()}>
        <section class={styles.outcome} data-state={props.attempt.state}>
          <h2>{props.attempt.state === 'solved' ? 'Users are served again' : 'You gave this one up'}</h2>
        </section>
      </Show>
      <Show when={props.report}>
        {(report) => (
          <>
            <Debrief
              report={report()}
              withLink
              onRun={props.attempt.state === 'solved' ? (command) => props.onRun(command) : undefined}
            />
            <NextScenario scenarioId={props.attempt.scenarioId} onStarted={(attempt) => props.onStarted(attempt)} />
          </>
        )}
      </Show>
      <section aria-labelledby="brief">
        <h2 id="brief">The ticket</h2>
        <Markdown text={props.attempt.brief} />
      </section>
      <CheckList
        checks={props.attempt.checks}
        invariants={props.attempt.invariants}
        holding={props.attempt.holding}
        now={props.now}
        solved={props.attempt.state === 'solved'}
      />
      <Hints hints={props.hints} ended={ended()} onReveal={props.onReveal} />
    </div>
  )
}

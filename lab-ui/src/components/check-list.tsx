// The conditions still to be met, ticked off live.
import type { CheckResult } from '@taskmaster-lab/server/contract'
import { createSignal, For, Show } from 'solid-js'
import { progress, refusals } from '../state/attempt-view.ts'
import styles from './check-list.module.css'
import { Shape, type Tone } from './shape.tsx'

const tones: Record<CheckResult['status'], Tone> = { passed: 'ok', failed: 'bad', unknown: 'unknown' }

/** The checks, the broken invariants, and how long all has held. */
export function CheckList(props: {
  checks: CheckResult[]
  invariants: CheckResult[]
  holding: { since: string; seconds: number } | null
  now: number
  solved: boolean
}) {
  const count = () => progress(props.checks)
  const refused = () => refusals(props.checks, props.invariants)
  const held = () =>
    props.holding
      ? Math.min(props.holding.seconds, Math.floor((props.now - Date.parse(props.holding.since)) / 1000))
      : 0
  const holdTone = (): Tone => (props.solved ? 'ok' : props.holding ? 'busy' : 'unknown')

  return (
    <section class={styles.list} aria-labelledby="to-solve">
      <header>
        <h2 id="to-solve">{props.solved ? 'Solved' : 'To solve'}</h2>
        <span class="number">
          {count().passed} / {count().total}
        </span>
      </header>
      <ul aria-live="polite">
        <For each={props.checks}>{(check) => <CheckItem check={check} />}</For>
        <li class={styles.item}>
          <span class={styles.line}>
            <Shape tone={holdTone()} />
            <span>
              <Show
                when={props.holding && !props.solved}
                fallback={props.solved ? 'Held without a break' : 'Then all of it has to hold'}
              >
                Holding: <span class="number">{Math.max(0, held())}</span> of {props.holding?.seconds} s
              </Show>
            </span>
          </span>
        </li>
      </ul>
      <Show when={refused().length > 0}>
        <h3 class={styles.refused}>Not accepted as it is</h3>
        <ul>
          <For each={refused()}>{(invariant) => <CheckItem check={invariant} open />}</For>
        </ul>
      </Show>
    </section>
  )
}

function CheckItem(props: { check: CheckResult; open?: boolean }) {
  const [open, setOpen] = createSignal(props.open ?? false)
  const hasMore = () => props.check.status !== 'passed' && props.check.observed !== ''
  return (
    <li class={styles.item} data-status={props.check.status}>
      <button
        type="button"
        class={styles.line}
        aria-expanded={open()}
        disabled={!hasMore()}
        onClick={() => setOpen(!open())}
      >
        <Shape tone={tones[props.check.status]} />
        <span>{props.check.title}</span>
        <Show when={hasMore()}>
          <span class={styles.more} aria-hidden="true" data-open={open()}>
            ›
          </span>
        </Show>
      </button>
      <Show when={open() && hasMore()}>
        <dl class={styles.detail}>
          <dt>expected</dt>
          <dd>{props.check.expected}</dd>
          <dt>{props.check.status === 'unknown' ? 'not known yet' : 'seen'}</dt>
          <dd>{props.check.observed}</dd>
        </dl>
      </Show>
    </li>
  )
}

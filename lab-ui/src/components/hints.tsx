// Help that costs points, and says so before.
import type { Hints as HintsState } from '@taskmaster-lab/server/contract'
import { For, Show } from 'solid-js'
import { Button } from './button.tsx'
import styles from './hints.module.css'
import { Markdown } from './markdown.tsx'

export function Hints(props: { hints: HintsState | undefined; ended: boolean; onReveal(): void }) {
  return (
    <section aria-labelledby="hints">
      <header class={styles.header}>
        <h2 id="hints">Hints</h2>
        <Show when={!props.ended && props.hints?.nextCost !== null && props.hints}>
          <Button look="quiet" onClick={props.onReveal}>
            Show {props.hints?.revealed.length ? 'the next' : 'one'} ·{' '}
            <span class="number">−{props.hints?.nextCost}</span>
          </Button>
        </Show>
      </header>
      <ol class={styles.list}>
        <For each={props.hints?.revealed} fallback={<li class={styles.none}>None taken.</li>}>
          {(hint) => (
            <li>
              <Markdown text={hint.text} />
            </li>
          )}
        </For>
      </ol>
    </section>
  )
}

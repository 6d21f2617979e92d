// One changed object as a unified diff.
import type { ObjectDiff } from '@taskmaster-lab/server/contract'
import { For } from 'solid-js'
import { formatTimeOfDay } from '../state/clock.ts'
import styles from './diff.module.css'

const kindOf = (line: string) => ({ '+': 'added', '-': 'removed', '@': 'place' })[line[0] ?? ''] ?? 'same'

export function Diff(props: { change: ObjectDiff }) {
  const lines = () => props.change.diff.split('\n').filter((line) => !/^(---|\+\+\+) /.test(line))
  return (
    <figure class={styles.diff}>
      <figcaption>
        <code>{props.change.object}</code> {props.change.change}
        <ul>
          <For each={props.change.edits}>
            {(edit) => (
              <li>
                <time datetime={edit.at}>{formatTimeOfDay(edit.at)}</time> {edit.text}
              </li>
            )}
          </For>
        </ul>
      </figcaption>
      <pre>
        <For each={lines()}>{(line) => <span data-kind={kindOf(line)}>{line || ' '}</span>}</For>
      </pre>
    </figure>
  )
}

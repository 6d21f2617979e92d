// The score with its arithmetic.
import type { Score } from '@taskmaster-lab/server/contract'
import { For } from 'solid-js'
import styles from './score-table.module.css'

const signed = (points: number) => (points < 0 ? `−${-points}` : `+${points}`)

export function ScoreTable(props: { score: Score }) {
  return (
    <table class={styles.table}>
      <caption>Score</caption>
      <tbody>
        <For each={props.score.lines}>
          {(line) => (
            <tr>
              <td>{line.label}</td>
              <td class="number">{signed(line.points)}</td>
            </tr>
          )}
        </For>
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Total of {props.score.max}</th>
          <td class="number">{props.score.points}</td>
        </tr>
      </tfoot>
    </table>
  )
}

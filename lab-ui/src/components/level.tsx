// Difficulty as five bars: readable without colour.
import { For } from 'solid-js'
import styles from './level.module.css'

export function Level(props: { level: number }) {
  return (
    <span class={styles.level} role="img" aria-label={`level ${props.level} of 5`}>
      <For each={[1, 2, 3, 4, 5]}>
        {(step) => <span data-on={step <= props.level} style={{ height: `${3 + step * 2}px` }} />}
      </For>
    </span>
  )
}

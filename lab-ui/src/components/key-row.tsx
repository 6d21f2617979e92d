// The keys that phones lack.
import { createSignal, For } from 'solid-js'
import styles from './key-row.module.css'

const keys = [
  { label: 'Esc', text: '\x1b' },
  { label: 'Tab', text: '\t' },
  { label: '|', text: '|' },
  { label: '/', text: '/' },
  { label: '-', text: '-' },
  { label: '↑', text: '\x1b[A', name: 'Up' },
  { label: '↓', text: '\x1b[B', name: 'Down' },
  { label: '←', text: '\x1b[D', name: 'Left' },
  { label: '→', text: '\x1b[C', name: 'Right' },
]
const controls = ['C', 'D', 'L', 'R', 'Z']

/** A row of keys for touch; Ctrl turns the row into control characters for one press. */
export function KeyRow(props: { onKey(text: string): void; onFocus(): void }) {
  const [control, setControl] = createSignal(false)
  const press = (text: string) => {
    props.onKey(text)
    setControl(false)
    props.onFocus()
  }
  return (
    <div class={styles.row} role="toolbar" aria-label="Terminal keys">
      <button type="button" aria-pressed={control()} onClick={() => setControl(!control())}>
        Ctrl
      </button>
      <For each={control() ? controls : []}>
        {(letter) => (
          <button type="button" onClick={() => press(String.fromCharCode(letter.charCodeAt(0) - 64))}>
            {letter}
          </button>
        )}
      </For>
      <For each={control() ? [] : keys}>
        {(key) => (
          <button type="button" aria-label={key.name ?? key.label} onClick={() => press(key.text)}>
            {key.label}
          </button>
        )}
      </For>
    </div>
  )
}

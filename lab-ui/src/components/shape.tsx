// A meaning as a shape and a colour, so that nobody needs the colour to read it.
import { Show } from 'solid-js'
import styles from './shape.module.css'

export type Tone = 'ok' | 'warn' | 'bad' | 'unknown' | 'busy'

const names: Record<Tone, string> = { ok: 'ok', warn: 'warning', bad: 'failed', unknown: 'unknown', busy: 'working' }

/** Filled dot, triangle, cross, hollow dot or ring. `label` replaces what a screen reader says; '' hides it. */
export function Shape(props: { tone: Tone; label?: string }) {
  return (
    <span class={styles.shape} data-tone={props.tone}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <ShapePath tone={props.tone} />
      </svg>
      <Show when={props.label !== ''}>
        <span class="visually-hidden">{props.label ?? names[props.tone]}</span>
      </Show>
    </span>
  )
}

function ShapePath(props: { tone: Tone }) {
  return (
    <>
      <Show when={props.tone === 'ok'}>
        <circle cx="6" cy="6" r="4.5" fill="currentColor" />
      </Show>
      <Show when={props.tone === 'warn'}>
        <path d="M6 1.2 11.2 10.5H.8Z" fill="currentColor" />
      </Show>
      <Show when={props.tone === 'bad'}>
        <path d="m2 2 8 8m0-8-8 8" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />
      </Show>
      <Show when={props.tone === 'unknown'}>
        <circle cx="6" cy="6" r="3.9" fill="none" stroke="currentColor" stroke-width="1.4" stroke-dasharray="1.8 1.7" />
      </Show>
      <Show when={props.tone === 'busy'}>
        <circle
          class={styles.ring}
          cx="6"
          cy="6"
          r="4"
          fill="none"
          stroke="currentColor"
          stroke-width="2"
          stroke-dasharray="17 9"
        />
      </Show>
    </>
  )
}

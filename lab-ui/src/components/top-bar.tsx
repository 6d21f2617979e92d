// One line: where you are, what is wrong, how long.
import { A } from '@solidjs/router'
import { type JSX, Show } from 'solid-js'
import { useTheme } from '../state/theme.tsx'
import { Button } from './button.tsx'
import styles from './top-bar.module.css'

export function TopBar(props: { title?: string; children?: JSX.Element }) {
  const theme = useTheme()
  return (
    <header class={styles.bar}>
      <A href="/" class={styles.brand} aria-label="TaskMaster Lab: all scenarios">
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d="M10 1 19 10 10 19 1 10Z" fill="currentColor" />
        </svg>
        <span>TaskMaster Lab</span>
      </A>
      <Show when={props.title}>
        <h1 class={styles.title}>{props.title}</h1>
      </Show>
      <div class={styles.rest}>
        {props.children}
        <Button
          look="quiet"
          aria-label={theme.dark() ? 'Use the light theme' : 'Use the dark theme'}
          onClick={() => theme.toggle()}
        >
          <Show when={theme.dark()} fallback={<MoonIcon />}>
            <SunIcon />
          </Show>
        </Button>
      </div>
    </header>
  )
}

function MoonIcon() {
  return (
    <svg class={styles.icon} viewBox="0 0 16 16" aria-hidden="true">
      <path
        d="M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3Z"
        fill="none"
        stroke="currentColor"
        stroke-width="1.4"
        stroke-linejoin="round"
      />
    </svg>
  )
}

function SunIcon() {
  return (
    <svg class={styles.icon} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="3" fill="none" stroke="currentColor" stroke-width="1.4" />
      <path
        d="M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13"
        stroke="currentColor"
        stroke-width="1.4"
        stroke-linecap="round"
      />
    </svg>
  )
}

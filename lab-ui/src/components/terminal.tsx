// The terminal in the page: mount, focus, dispose. All else is in ../terminal.
import { createEffect, createSignal, onCleanup, onMount, Show } from 'solid-js'
import { socketUrl } from '../api/client.ts'
import { useTheme } from '../state/theme.tsx'
import { makeTerminal, type TerminalHandle, type TerminalStatus } from '../terminal/make-terminal.ts'
import { KeyRow } from './key-row.tsx'
import styles from './terminal.module.css'

/** `onReady` receives the handle, for typing a command from elsewhere in the page. */
export function TerminalPanel(props: { attemptId: string; onReady?(handle: TerminalHandle): void }) {
  let element!: HTMLDivElement
  let handle: TerminalHandle | undefined
  const theme = useTheme()
  const [status, setStatus] = createSignal<TerminalStatus>({ state: 'connecting' })
  const lost = () => {
    const current = status()
    return current.state === 'lost' ? current : undefined
  }

  const isRecorded = () => {
    const current = status()
    return current.state === 'ready' && current.recording
  }

  onMount(() => {
    const fontSize = window.matchMedia('(max-width: 640px)').matches ? 12 : 13.5
    handle = makeTerminal({ element, url: socketUrl(props.attemptId, 'terminal'), fontSize, onStatus: setStatus })
    props.onReady?.(handle)
    if (window.matchMedia('(pointer: fine)').matches) handle.focus()
    onCleanup(() => handle?.dispose())
  })
  createEffect(() => {
    theme.dark()
    handle?.restyle()
  })

  return (
    <section class={styles.panel} aria-label="Terminal">
      <div class={styles.screen} ref={element} />
      <Show when={isRecorded()}>
        <p class={styles.recorded} title="What this terminal shows is kept, and your instructor can play it.">
          <span aria-hidden="true" /> Recorded
        </p>
      </Show>
      <Show when={lost()}>
        {(down) => (
          <p class={styles.notice} role="status">
            {down().again
              ? 'The line is down. Your shell goes on; connecting again …'
              : down().reason || 'The terminal is closed.'}
          </p>
        )}
      </Show>
      <KeyRow onKey={(text) => handle?.type(text)} onFocus={() => handle?.focus()} />
    </section>
  )
}

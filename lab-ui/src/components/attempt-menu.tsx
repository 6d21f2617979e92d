// What can be done with the whole attempt; each asks once before it does.
import { createSignal, For, onCleanup, onMount, Show } from 'solid-js'
import styles from './attempt-menu.module.css'
import { Button } from './button.tsx'

export interface MenuAction {
  title: string
  question: string
  confirm: string
  run(): Promise<void>
}

export function AttemptMenu(props: { actions: MenuAction[] }) {
  const [open, setOpen] = createSignal(false)
  const [asked, setAsked] = createSignal<MenuAction>()
  const [busy, setBusy] = createSignal(false)
  let root!: HTMLDivElement
  const close = () => {
    setOpen(false)
    setAsked(undefined)
  }
  const handleOutside = (event: Event) => !root.contains(event.target as Node) && close()
  const handleKey = (event: KeyboardEvent) => event.key === 'Escape' && close()
  onMount(() => {
    document.addEventListener('pointerdown', handleOutside)
    document.addEventListener('keydown', handleKey)
    onCleanup(() => {
      document.removeEventListener('pointerdown', handleOutside)
      document.removeEventListener('keydown', handleKey)
    })
  })
  const handleConfirm = async (action: MenuAction) => {
    setBusy(true)
    await action.run().finally(() => setBusy(false))
    close()
  }

  return (
    <div class={styles.root} ref={root}>
      <Button
        look="quiet"
        aria-label="More"
        aria-haspopup="menu"
        aria-expanded={open()}
        onClick={() => (open() ? close() : setOpen(true))}
      >
        ⋯
      </Button>
      <Show when={open()}>
        <div class={styles.menu} role="menu">
          <Show
            when={asked()}
            fallback={
              <For each={props.actions}>
                {(action) => (
                  <button type="button" role="menuitem" onClick={() => setAsked(action)}>
                    {action.title}
                  </button>
                )}
              </For>
            }
          >
            {(action) => (
              <div class={styles.question}>
                <p>{action().question}</p>
                <div>
                  <Button onClick={close}>Keep going</Button>
                  <Button look="danger" disabled={busy()} onClick={() => void handleConfirm(action())}>
                    {busy() ? 'Working …' : action().confirm}
                  </Button>
                </div>
              </div>
            )}
          </Show>
        </div>
      </Show>
    </div>
  )
}

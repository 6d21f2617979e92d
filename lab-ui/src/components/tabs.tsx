// Tabs with the keyboard behaviour of the WAI-ARIA pattern.
import { For, type JSX } from 'solid-js'
import styles from './tabs.module.css'

export interface Tab<Id extends string> {
  id: Id
  title: string
}

export function TabBar<Id extends string>(props: {
  tabs: Tab<Id>[]
  current: Id
  label: string
  onSelect(id: Id): void
  children?: JSX.Element
}) {
  const handleKey = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    const index = props.tabs.findIndex((tab) => tab.id === props.current)
    const next = props.tabs[(index + step + props.tabs.length) % props.tabs.length]
    if (next) props.onSelect(next.id)
    const list = event.currentTarget as HTMLElement
    queueMicrotask(() => list.querySelector<HTMLElement>('[aria-selected="true"]')?.focus())
  }
  return (
    <div class={styles.bar}>
      <div class={styles.tabs} role="tablist" aria-label={props.label} onKeyDown={handleKey}>
        <For each={props.tabs}>
          {(tab) => (
            <button
              type="button"
              role="tab"
              aria-selected={props.current === tab.id}
              tabindex={props.current === tab.id ? 0 : -1}
              onClick={() => props.onSelect(tab.id)}
            >
              {tab.title}
            </button>
          )}
        </For>
      </div>
      {props.children}
    </div>
  )
}

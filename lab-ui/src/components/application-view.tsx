// The broken application, on an origin of its own: what users see.
import { createSignal } from 'solid-js'
import styles from './application-view.module.css'
import { Button } from './button.tsx'

export function ApplicationView(props: { url: string }) {
  const [generation, setGeneration] = createSignal(0)
  const source = () => `${props.url}${generation() > 0 ? `?again=${generation()}` : ''}`
  return (
    <div class={styles.view}>
      <div class={styles.bar}>
        <span class={styles.url}>http://taskmaster.local/</span>
        <Button look="quiet" onClick={() => setGeneration(generation() + 1)}>
          Load again
        </Button>
        <a class={styles.open} href={props.url} target="_blank" rel="noreferrer">
          Open in a tab
        </a>
      </div>
      <iframe
        title="TaskMaster as users see it"
        src={source()}
        sandbox="allow-scripts allow-forms allow-same-origin allow-modals"
      />
    </div>
  )
}

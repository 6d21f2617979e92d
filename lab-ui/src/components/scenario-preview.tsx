// What a colleague reported, before anything is started.
import type { ScenarioSummary } from '@taskmaster-lab/server/contract'
import { createResource, For, type JSX, Show } from 'solid-js'
import { api } from '../api/client.ts'
import { Markdown } from './markdown.tsx'
import styles from './scenario-preview.module.css'

export function ScenarioPreview(props: { scenario: ScenarioSummary; children?: JSX.Element }) {
  const [detail] = createResource(() => props.scenario.id, api.scenario)
  return (
    <article class={styles.preview} aria-label={props.scenario.title}>
      <h2>{props.scenario.title}</h2>
      <Show when={detail()?.solvedByYou}>
        <p class={styles.solved}>You have solved this one.</p>
      </Show>
      <Show
        when={detail.state === 'ready' || detail.state === 'refreshing'}
        fallback={<p class={styles.dim}>Reading the ticket …</p>}
      >
        <Markdown text={detail()?.brief ?? ''} />
        <dl class={styles.facts}>
          <dt>Domains</dt>
          <dd>
            <For each={props.scenario.domains}>{(domain) => <code>{domain}</code>}</For>
          </dd>
          <dt>Hints</dt>
          <dd class="number">
            {detail()?.hintCosts.length
              ? `${detail()?.hintCosts.length}, costing ${detail()?.hintCosts.join(', ')} points`
              : 'none'}
          </dd>
        </dl>
      </Show>
      <footer>{props.children}</footer>
    </article>
  )
}

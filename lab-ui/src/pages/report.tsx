// The report of an attempt: a page that prints well and can be sent.
import { A, useParams } from '@solidjs/router'
import { createResource, For, Show } from 'solid-js'
import { api, type ProblemError } from '../api/client.ts'
import { Button } from '../components/button.tsx'
import { Debrief } from '../components/debrief.tsx'
import { HealthStrip } from '../components/health-strip.tsx'
import { Timeline } from '../components/timeline.tsx'
import { TopBar } from '../components/top-bar.tsx'
import styles from './report.module.css'

export function ReportPage() {
  const params = useParams<{ id: string }>()
  const [report] = createResource(() => params.id, api.report)
  return (
    <div class={styles.page}>
      <TopBar title="Report">
        <Show when={report.state === 'ready'}>
          <Button onClick={() => window.print()}>Print</Button>
        </Show>
      </TopBar>
      <main class={styles.main}>
        <Show when={report.error}>
          <p role="alert">{(report.error as ProblemError).message}</p>
          <p>
            <A href={`/attempts/${params.id}`}>Back to the attempt</A>
          </p>
        </Show>
        <Show when={report.state === 'ready' && report()}>
          {(found) => (
            <>
              <header>
                <h1>{found().attempt.title}</h1>
                <p class={styles.dim}>
                  {found().attempt.state === 'solved' ? 'Solved' : 'Given up'} on{' '}
                  {new Date(found().attempt.solvedAt ?? found().attempt.startedAt).toLocaleString()}
                </p>
              </header>
              <HealthStrip health={found().health} from={found().attempt.brokenAt} to={found().attempt.solvedAt} />
              <Debrief report={found()} />
              <Show when={found().hints.length > 0}>
                <section>
                  <h2>Hints taken</h2>
                  <ol class={styles.hints}>
                    <For each={found().hints}>
                      {(hint) => (
                        <li>
                          {hint.text} <span class="number">(−{hint.cost})</span>
                        </li>
                      )}
                    </For>
                  </ol>
                </section>
              </Show>
              <section class={styles.timeline}>
                <h2>Timeline</h2>
                <Timeline entries={found().timeline} />
              </section>
            </>
          )}
        </Show>
      </main>
    </div>
  )
}

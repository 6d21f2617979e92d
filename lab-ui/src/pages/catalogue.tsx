// All scenarios, as a list to choose from; the brief can be read before anything is started.

import { A, useNavigate } from '@solidjs/router'
import type { Attempt, ScenarioSummary } from '@taskmaster-lab/server/contract'
import { createMemo, createResource, createSignal, For, Show } from 'solid-js'
import { api, type ProblemError } from '../api/client.ts'
import { Button } from '../components/button.tsx'
import { Level } from '../components/level.tsx'
import { ScenarioPreview } from '../components/scenario-preview.tsx'
import { Shape } from '../components/shape.tsx'
import { TopBar } from '../components/top-bar.tsx'
import { filterScenarios } from '../state/filter-scenarios.ts'
import { solvedScenarios } from '../state/next-scenario.ts'
import styles from './catalogue.module.css'

export function CataloguePage() {
  const navigate = useNavigate()
  const [scenarios] = createResource(api.scenarios)
  const [attempts] = createResource(() => api.attempts().catch((): Attempt[] => []))
  const [query, setQuery] = createSignal('')
  const [level, setLevel] = createSignal<number>()
  const [chosen, setChosen] = createSignal<string>()
  const [starting, setStarting] = createSignal(false)
  const [problem, setProblem] = createSignal<string>()
  const shown = createMemo(() => filterScenarios(scenarios() ?? [], query(), level()))
  const current = () => shown().find((scenario) => scenario.id === chosen()) ?? shown()[0]
  const solved = createMemo(() => solvedScenarios(attempts() ?? []))
  const underWay = () =>
    (attempts() ?? []).filter((attempt) => attempt.state === 'preparing' || attempt.state === 'broken')

  const handleStart = async (scenario: ScenarioSummary) => {
    setStarting(true)
    setProblem(undefined)
    try {
      const attempt = await api.start(scenario.id)
      navigate(`/attempts/${attempt.id}`)
    } catch (error) {
      setProblem((error as ProblemError).message)
      setStarting(false)
    }
  }

  return (
    <div class={styles.page}>
      <TopBar />
      <main class={styles.main}>
        <div class={styles.intro}>
          <h1>What is broken today?</h1>
          <p>
            Choose a report from a colleague. You get a cluster of your own, a terminal with kubectl, and the lab sees
            by itself when users are served again.
          </p>
        </div>
        <Show when={underWay().length > 0}>
          <ul class={styles.underWay}>
            <For each={underWay()}>
              {(attempt) => (
                <li>
                  <span>You are working on</span> <A href={`/attempts/${attempt.id}`}>{attempt.title}</A>
                </li>
              )}
            </For>
          </ul>
        </Show>
        <search class={styles.filter}>
          <input
            type="search"
            placeholder="Filter by symptom, tag or domain"
            aria-label="Filter scenarios"
            value={query()}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
          <fieldset class={styles.levels} aria-label="Level">
            <For each={[1, 2, 3, 4, 5]}>
              {(value) => (
                <button
                  type="button"
                  aria-pressed={level() === value}
                  onClick={() => setLevel(level() === value ? undefined : value)}
                >
                  <span class="visually-hidden">Level </span>
                  {value}
                </button>
              )}
            </For>
          </fieldset>
        </search>
        <div class={styles.columns} data-chosen={chosen() !== undefined}>
          <ul class={styles.list} aria-label="Scenarios">
            <For
              each={shown()}
              fallback={
                <li class={styles.empty}>
                  {scenarios.loading ? 'Loading the scenarios …' : 'Nothing matches. Clear the filter to see all.'}
                </li>
              }
            >
              {(scenario) => (
                <li>
                  <button
                    type="button"
                    class={styles.row}
                    aria-current={current()?.id === scenario.id}
                    onClick={() => setChosen(scenario.id)}
                    onDblClick={() => void handleStart(scenario)}
                  >
                    <span class={styles.name}>{scenario.title}</span>
                    <Level level={scenario.level} />
                    <span class={`number ${styles.minutes}`}>{scenario.minutes} min</span>
                    <span class={styles.domains}>{scenario.domains.join(' · ')}</span>
                    <Show when={solved().has(scenario.id)}>
                      <span class={styles.solved}>
                        <Shape tone="ok" label="" /> Solved
                      </span>
                    </Show>
                  </button>
                </li>
              )}
            </For>
          </ul>
          <Show when={current()} keyed>
            {(scenario) => (
              <ScenarioPreview scenario={scenario}>
                <Show when={problem()}>
                  <p class={styles.problem} role="alert">
                    {problem()}
                  </p>
                </Show>
                <Button look="primary" disabled={starting()} onClick={() => void handleStart(scenario)}>
                  {starting() ? 'Starting …' : 'Start'}
                </Button>
              </ScenarioPreview>
            )}
          </Show>
        </div>
      </main>
    </div>
  )
}

// After the debrief: what to repair next, one click away.
import type { Attempt } from '@taskmaster-lab/server/contract'
import { createResource, createSignal, Show } from 'solid-js'
import { api, type ProblemError } from '../api/client.ts'
import { nextScenario, solvedScenarios } from '../state/next-scenario.ts'
import { Button } from './button.tsx'
import { Level } from './level.tsx'
import styles from './next-scenario.module.css'

export function NextScenario(props: { scenarioId: string; onStarted(attempt: Attempt): void }) {
  const [next] = createResource(
    () => props.scenarioId,
    async (currentId) => {
      const [scenarios, attempts] = await Promise.all([api.scenarios(), api.attempts()])
      return nextScenario(scenarios, solvedScenarios(attempts), currentId)
    },
  )
  const [starting, setStarting] = createSignal(false)
  const [problem, setProblem] = createSignal<string>()
  const handleStart = async (scenarioId: string) => {
    setStarting(true)
    setProblem(undefined)
    await api
      .start(scenarioId)
      .then((attempt) => props.onStarted(attempt))
      .catch((error: ProblemError) => setProblem(error.message))
    setStarting(false)
  }

  return (
    <Show when={!next.error && next()}>
      {(scenario) => (
        <section class={styles.next} aria-labelledby="next">
          <div>
            <h2 id="next">Next: {scenario().title}</h2>
            <p>
              <Level level={scenario().level} /> <span class="number">{scenario().minutes} min</span>
            </p>
          </div>
          <Button look="primary" disabled={starting()} onClick={() => void handleStart(scenario().id)}>
            {starting() ? 'Starting …' : 'Start'}
          </Button>
          <Show when={problem()}>
            <p class={styles.problem} role="alert">
              {problem()}
            </p>
          </Show>
        </section>
      )}
    </Show>
  )
}

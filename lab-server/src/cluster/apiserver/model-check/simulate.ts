import type { Store } from '../../store/store.ts'
import { checkAnswers } from './check-answers.ts'
import { checkWatches } from './check-watches.ts'
import type { History } from './history.ts'
import { makeRandom } from './random.ts'
import { runReader } from './readers.ts'
import { replay, type Violation } from './timeline.ts'
import { runWatcher } from './watchers.ts'
import { makeWorld } from './world.ts'
import { runWriter } from './writers.ts'

/** How large a run is. */
export interface RunOptions {
  seed: number
  /** Committed writes after which the clients stop. */
  events: number
  clients?: number
  watchers?: number
  /** Puts something between the API server and its store, to prove that the checker notices. */
  wrapStore?(store: Store): Store
}

/** Runs clients and watchers against one store in virtual time. The same options give the same run. */
export async function simulate({
  seed,
  events,
  clients = 8,
  watchers = 20,
  wrapStore = (store) => store,
}: RunOptions): Promise<History> {
  const world = makeWorld(makeRandom(seed), wrapStore)
  const { clock, store, history } = world
  const isEnough = () => store.revision() - history.start >= events
  const writing = Promise.all(
    Array.from({ length: clients }, (_, index) => runWriter(world, `client-${index}`, isEnough)),
  )
  const rest = [
    ...Array.from({ length: 3 }, () => runReader(world)),
    ...Array.from({ length: watchers }, (_, index) => runWatcher(world, index)),
  ]
  await passTimeUntil(writing)
  world.isOver = true
  await passTimeUntil(Promise.all(rest))
  history.end = store.revision()
  return history

  async function passTimeUntil(done: Promise<unknown>): Promise<void> {
    let isDone = false
    let failure: unknown
    done.then(
      () => {
        isDone = true
      },
      (error: unknown) => {
        isDone = true
        failure = error
      },
    )
    while (!isDone) await clock.advance(25)
    if (failure !== undefined) throw failure
  }
}

/** Every promise that a run broke, the earliest first. */
export function check(history: History): Violation[] {
  const timeline = replay(history)
  const violations = [...timeline.violations, ...checkAnswers(history, timeline), ...checkWatches(history, timeline)]
  return violations.sort((a, b) => a.revision - b.revision)
}

/** A seed that was run, and the shortest beginning of it that breaks a promise. */
export interface SeedResult {
  history: History
  violations: Violation[]
  /** How many writes it takes to see the first violation, run alone. */
  shortest?: number
}

/** Runs a seed and, where it breaks a promise, looks for the shortest run of it that does. */
export async function runSeed(options: RunOptions): Promise<SeedResult> {
  const history = await simulate(options)
  const violations = check(history)
  const [first] = violations
  if (first === undefined) return { history, violations }
  // The beginning of a longer run is the shorter run: what broke by then breaks again.
  const shorter = { ...options, events: Math.max(1, first.revision - history.start) }
  const found = check(await simulate(shorter))
  return found.length > 0 ? { history, violations: found, shortest: shorter.events } : { history, violations }
}

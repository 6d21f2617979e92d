// What the routes may ask of the lab. Implemented by attempts.ts.
import type { Attempt, Hints, Report } from '../contract/attempts.ts'
import type { AttemptEvent } from '../contract/events.ts'
import type { ScenarioDetail, ScenarioSummary } from '../contract/scenarios.ts'
import type { UsersPath } from './application/users-path.ts'

/** Who asks. Students reach their own attempts only. */
export interface Person {
  id: string
  role: 'instructor' | 'student'
  name: string
}

/** Where an attempt's application is served inside: at an ingress controller, or by passing requests on one by one. */
export type AppTarget = { ingressUrl: string; host: string } | { forward: NonNullable<UsersPath['forward']> }

/** Attempts from the beginning to the report. Refusals are thrown as `LabError`. */
export interface Lab {
  scenarios(): ScenarioSummary[]
  scenario(id: string, person: Person): Promise<ScenarioDetail>
  /** Answers at once; the preparation goes on. */
  start(person: Person, request: { scenarioId: string; seed?: number }): Promise<Attempt>
  list(person: Person): Promise<Attempt[]>
  get(person: Person, id: string): Promise<Attempt>
  /** The student's kubeconfig, as YAML. */
  kubeconfig(person: Person, id: string): Promise<string>
  /** Evaluates everything now. */
  check(person: Person, id: string): Promise<Attempt>
  hints(person: Person, id: string): Promise<Hints>
  revealHint(person: Person, id: string): Promise<Hints>
  /** Answers at once with the attempt in preparation. */
  reset(person: Person, id: string): Promise<Attempt>
  report(person: Person, id: string): Promise<Report>
  /** Resolves when every process, port and file of the sandbox is gone. */
  end(person: Person, id: string): Promise<void>
  /** Sends the present state, then every change. Returns how to stop. */
  subscribe(person: Person, id: string, listener: (event: AttemptEvent) => void): () => void
  /** Makes the attempt's shell ready; refused while there is no cluster to talk to. */
  openShell(person: Person, id: string): Promise<void>
  /** Where to send a request for an attempt's application; undefined when it has none now. */
  appTarget(attemptId: string): AppTarget | undefined
  /** Running attempts by state, for the metrics page. */
  counts(): Record<string, number>
  /** Healthy sandboxes that wait for an attempt, for the metrics page. */
  warmSandboxes(): number
  /** True when attempts from before a restart have been taken up again. */
  isReady(): boolean
  /** Lets go of all sandboxes, which keep running; releases the warm pool. */
  stop(): Promise<void>
}

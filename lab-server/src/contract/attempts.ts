// What the attempt routes take and give. The browser never receives a fault's patch or a solution:
// these types have no field for them.
import { type Static, Type } from '@sinclair/typebox'

const Nullable = <T extends import('@sinclair/typebox').TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const attemptStates = ['preparing', 'broken', 'solved', 'abandoned', 'failed'] as const
export const AttemptState = Type.Union(attemptStates.map((state) => Type.Literal(state)))
export type AttemptState = (typeof attemptStates)[number]

/** One condition of the scenario, or one invariant, as last evaluated. */
export const CheckResult = Type.Object({
  id: Type.String(),
  title: Type.String(),
  status: Type.Union([Type.Literal('passed'), Type.Literal('failed'), Type.Literal('unknown')]),
  expected: Type.String(),
  observed: Type.String(),
})
export type CheckResult = Static<typeof CheckResult>

/** One step of the preparation. `usualMs` is what it takes on this machine as a rule. */
export const Stage = Type.Object({
  id: Type.String(),
  title: Type.String(),
  state: Type.Union([Type.Literal('waiting'), Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')]),
  usualMs: Type.Integer(),
  startedAt: Nullable(Type.String()),
  endedAt: Nullable(Type.String()),
})
export type Stage = Static<typeof Stage>

export const Score = Type.Object({
  points: Type.Integer(),
  max: Type.Integer(),
  /** The arithmetic, a line each: `Checks 4 of 4`, +100; `Hint 1`, −5. */
  lines: Type.Array(Type.Object({ label: Type.String(), points: Type.Integer() })),
})
export type Score = Static<typeof Score>

export const Attempt = Type.Object({
  id: Type.String(),
  scenarioId: Type.String(),
  title: Type.String(),
  state: AttemptState,
  /** The stage under way while preparing, e.g. `database`; null afterwards. */
  stage: Nullable(Type.String()),
  stages: Type.Array(Stage),
  /** Why the attempt failed, in words for the student; null otherwise. */
  problem: Nullable(Type.String()),
  checks: Type.Array(CheckResult),
  invariants: Type.Array(CheckResult),
  score: Score,
  seed: Type.Integer(),
  startedAt: Type.String(),
  brokenAt: Nullable(Type.String()),
  solvedAt: Nullable(Type.String()),
  /** While everything holds: since when, and how long it must. */
  holding: Nullable(Type.Object({ since: Type.String(), seconds: Type.Integer() })),
  /** Where the broken application is served, on an origin of its own. */
  appUrl: Type.String(),
  /** What a user reported, as Markdown. */
  brief: Type.String(),
  namespace: Type.String(),
})
export type Attempt = Static<typeof Attempt>

export const StartAttempt = Type.Object(
  {
    scenarioId: Type.String({ minLength: 1, maxLength: 100 }),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2147483647 })),
  },
  { additionalProperties: false },
)
export type StartAttempt = Static<typeof StartAttempt>

export const Hints = Type.Object({
  revealed: Type.Array(Type.Object({ text: Type.String(), cost: Type.Integer() })),
  /** What the next one costs; null when there is none left. */
  nextCost: Nullable(Type.Integer()),
  total: Type.Integer(),
})
export type Hints = Static<typeof Hints>

/** One entry of the attempt's timeline. */
export const TimelineEntry = Type.Object({
  at: Type.String(),
  kind: Type.Union([
    Type.Literal('stage'),
    Type.Literal('fault'),
    Type.Literal('health'),
    Type.Literal('change'),
    Type.Literal('command'),
    Type.Literal('hint'),
    Type.Literal('check'),
    Type.Literal('solved'),
    Type.Literal('reset'),
  ]),
  text: Type.String(),
})
export type TimelineEntry = Static<typeof TimelineEntry>

/** One object that the student changed, against the healthy one. */
export const ObjectDiff = Type.Object({
  /** `Deployment/backend` */
  object: Type.String(),
  change: Type.Union([Type.Literal('created'), Type.Literal('modified'), Type.Literal('deleted')]),
  /** A unified diff of the YAML, without server-set fields. */
  diff: Type.String(),
  /** When it was written and by what, oldest first: `changed (kubectl-patch): spec.selector.app "x" → "y"`. */
  edits: Type.Array(Type.Object({ at: Type.String(), text: Type.String() })),
})
export type ObjectDiff = Static<typeof ObjectDiff>

export const Report = Type.Object({
  attempt: Attempt,
  /** What was broken, in words. */
  cause: Type.String(),
  /** The debrief, as Markdown. */
  debrief: Type.String(),
  changes: Type.Array(ObjectDiff),
  timeline: Type.Array(TimelineEntry),
  /** Health of the application over time, newest last. */
  health: Type.Array(
    Type.Object({
      at: Type.String(),
      healthy: Type.Boolean(),
      detail: Type.String(),
    }),
  ),
  hints: Type.Array(Type.Object({ text: Type.String(), cost: Type.Integer() })),
  /** Seconds from the application's failure to the first look at a broken object, and to its recovery. */
  secondsToDetect: Nullable(Type.Number()),
  secondsToRepair: Nullable(Type.Number()),
  score: Score,
})
export type Report = Static<typeof Report>

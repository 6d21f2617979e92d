// What a proof saw, kept so that it can be asked later which condition it rests on.

/** One failed condition at the end of a proof. */
export interface FailedCondition {
  id: string
  observed: string
}

/** What the proof of one statement rests on. */
export type Evidence =
  /** Nothing was done: these checks were red. */
  | { kind: 'nothing'; red: string[] }
  /** A repair: these lines of the score earned its points. */
  | { kind: 'solved'; earning: string[] }
  /** A wrong or partial repair: what failed at the end, and whether everything had held for a moment. */
  | { kind: 'refused'; reason: string; failing: FailedCondition[]; hasHeld: boolean }

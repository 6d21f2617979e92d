// The life of an attempt: one union, one transition function.
import type { AttemptState } from '../contract/attempts.ts'

/** What can happen to an attempt. */
export type AttemptTransition = 'injected' | 'solved' | 'reset' | 'abandoned' | 'failed'

const transitions: Record<AttemptState, Partial<Record<AttemptTransition, AttemptState>>> = {
  preparing: { injected: 'broken', abandoned: 'abandoned', failed: 'failed' },
  broken: { solved: 'solved', reset: 'preparing', abandoned: 'abandoned', failed: 'failed' },
  // Ending a solved attempt keeps it solved: its report stays.
  solved: { reset: 'preparing', abandoned: 'solved' },
  abandoned: {},
  failed: { abandoned: 'failed' },
}

/** The state after a transition; undefined when it cannot happen in this state. */
export function nextAttemptState(state: AttemptState, transition: AttemptTransition): AttemptState | undefined {
  return transitions[state][transition]
}

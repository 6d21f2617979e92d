import { describe, expect, it } from 'vitest'
import { attemptStates } from '../contract/attempts.ts'
import { type AttemptTransition, nextAttemptState } from './attempt-state.ts'

const all: AttemptTransition[] = ['injected', 'solved', 'reset', 'abandoned', 'failed']
const table: [string, AttemptTransition, string][] = [
  ['preparing', 'injected', 'broken'],
  ['preparing', 'abandoned', 'abandoned'],
  ['preparing', 'failed', 'failed'],
  ['broken', 'solved', 'solved'],
  ['broken', 'reset', 'preparing'],
  ['broken', 'abandoned', 'abandoned'],
  ['broken', 'failed', 'failed'],
  ['solved', 'reset', 'preparing'],
  ['solved', 'abandoned', 'solved'],
  ['failed', 'abandoned', 'failed'],
]

describe('nextAttemptState', () => {
  for (const state of attemptStates) {
    for (const transition of all) {
      const wanted = table.find(([from, event]) => from === state && event === transition)?.[2]
      it(`${state} and ${transition} give ${wanted ?? 'nothing'}`, () => {
        expect(nextAttemptState(state, transition)).toBe(wanted)
      })
    }
  }
})

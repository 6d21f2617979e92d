// What one evaluation of checks and invariants looks at: objects, answers of the application, the baseline.
import type { AppAnswer, AppRequest, NoAnswer, UsersPath } from '../application/users-path.ts'
import type { Baseline } from '../world/baseline.ts'
import type { Objects } from '../world/world.ts'

export interface Subject {
  objects: Objects
  baseline: Baseline
  /** A GET through the users' path; the same path is asked once per evaluation. */
  get(path: string): Promise<AppAnswer | NoAnswer>
  /** Any request, never remembered. */
  send(request: AppRequest): Promise<AppAnswer | NoAnswer>
  host: string
  now(): Date
}

/** A fresh subject: nothing of an earlier evaluation is remembered. */
export function makeSubject(
  objects: Objects,
  baseline: Baseline,
  { users, now }: { users: UsersPath; now: () => Date },
): Subject {
  const asked = new Map<string, Promise<AppAnswer | NoAnswer>>()
  return {
    objects,
    baseline,
    host: users.host,
    now,
    send: (request) => users.request(request),
    get(path) {
      const known = asked.get(path) ?? users.request({ path })
      asked.set(path, known)
      return known
    },
  }
}

/** What a check or an invariant found. "Could not check" is `unknown`, never failed. */
export interface Outcome {
  status: 'passed' | 'failed' | 'unknown'
  expected: string
  observed: string
}

export const passed = (expected: string, observed: string): Outcome => ({ status: 'passed', expected, observed })
export const failed = (expected: string, observed: string): Outcome => ({ status: 'failed', expected, observed })
export const unknown = (expected: string, observed: string): Outcome => ({ status: 'unknown', expected, observed })

import type { ProblemCode } from '../contract/problem.ts'

/** A refusal with a code that clients can rely on; `plugins/errors.ts` knows the status. */
export class LabError extends Error {
  readonly code: ProblemCode

  constructor(code: ProblemCode, message: string) {
    super(message)
    this.name = 'LabError'
    this.code = code
  }
}

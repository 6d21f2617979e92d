// Every error body of the lab's HTTP API.
import { type Static, Type } from '@sinclair/typebox'

export const problemCodes = [
  'bad-request',
  'unauthorised',
  'forbidden',
  'not-found',
  'unknown-scenario',
  'attempt-ended',
  'attempt-not-ready',
  'report-not-ready',
  'no-hint-left',
  'no-recording',
  'payload-too-large',
  'too-many-requests',
  'too-many-attempts',
  'sandbox-failed',
  'internal',
] as const
export type ProblemCode = (typeof problemCodes)[number]

export const Problem = Type.Object({
  code: Type.String(),
  message: Type.String(),
})
export type Problem = Static<typeof Problem>

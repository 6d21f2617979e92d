// Signing in by the printed link.
import { type Static, Type } from '@sinclair/typebox'

/** `POST /api/v1/session`: trades a token for the session cookie. */
export const SignIn = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 200 }) },
  { additionalProperties: false },
)
export type SignIn = Static<typeof SignIn>

/** `GET /api/v1/session`: who you are. */
export const Session = Type.Object({
  role: Type.Union([Type.Literal('instructor'), Type.Literal('student')]),
  name: Type.String(),
  /** Where the lab's sandboxes run, and how strongly they are kept apart. */
  cluster: Type.Union([Type.Literal('embedded'), Type.Literal('kubeconfig')]),
  isolation: Type.Union([Type.Literal('isolated'), Type.Literal('shared')]),
})
export type Session = Static<typeof Session>

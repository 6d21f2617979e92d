// Signing in and out.
import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { Session, SignIn } from '../contract/session.ts'
import type { Person } from '../lab/lab.ts'
import { LabError } from '../lab/lab-error.ts'
import { assertOwnOrigin, bearerOf, cookieName } from '../plugins/auth.ts'
import { type Sessions, sessionSeconds } from '../plugins/sessions.ts'
import { answers } from './routes.ts'

export interface SessionRoutesOptions {
  sessions: Sessions
  about: Pick<Session, 'cluster' | 'isolation'>
  origins: readonly string[]
  /** Whether pages are served over https, so that the cookie must be too. */
  isSecure: boolean
}

const tags = ['session']
const signIn = {
  tags,
  summary: 'Sign in with a token',
  body: SignIn,
  security: [],
  response: answers({ 200: Session }),
}
const whoAmI = { tags, summary: 'Who you are', response: answers({ 200: Session }) }
const signOut = { tags, summary: 'Sign out', response: answers({ 204: Type.Null() }) }
const signInLimit = { rateLimit: { max: 10, timeWindow: '1 minute' } }

/** The session noun; the only routes of the API that need no person. */
export const sessionRoutes: FastifyPluginAsync<SessionRoutesOptions> = async (app, options) => {
  const { sessions, about, origins, isSecure } = options
  const sessionOf = ({ role, name }: Person): Session => ({ role, name, ...about })
  const setCookie = (reply: FastifyReply, value: string, maxAge: number) =>
    reply.setCookie(cookieName, value, { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure, maxAge })

  app.post<{ Body: SignIn }>('/session', { schema: signIn, config: signInLimit }, async (request, reply) => {
    assertOwnOrigin(request, origins, { isRequired: false })
    const person = sessions.personOf(request.body.token)
    if (!person)
      throw new LabError('unauthorised', 'This token is not valid. The lab prints the right one when it starts.')
    setCookie(reply, await sessions.open(person), sessionSeconds)
    return sessionOf(person)
  })

  app.get('/session', { schema: whoAmI }, async (request) => {
    const token = bearerOf(request)
    const cookie = request.cookies[cookieName]
    const person = token !== undefined ? sessions.personOf(token) : cookie && (await sessions.find(cookie))
    if (!person) throw new LabError('unauthorised', 'You are not signed in.')
    return sessionOf(person)
  })

  app.delete('/session', { schema: signOut }, async (request, reply) => {
    assertOwnOrigin(request, origins, { isRequired: false })
    const cookie = request.cookies[cookieName]
    if (cookie) await sessions.close(cookie)
    return setCookie(reply, '', 0).code(204).send()
  })
}

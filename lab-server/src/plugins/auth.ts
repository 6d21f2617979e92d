// Every request of the API has a person: by the session cookie or a bearer token. Where the browser adds the
// cookie by itself, the Origin must be the lab's own: for changes, and for sockets before the handshake ends.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Person } from '../lab/lab.ts'
import { LabError } from '../lab/lab-error.ts'
import type { Sessions } from './sessions.ts'

/** The session cookie's name. */
export const cookieName = 'lab_session'
const people = new WeakMap<FastifyRequest, Person>()
const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The person of a request that passed `requirePerson`. */
export function personOf(request: FastifyRequest): Person {
  const person = people.get(request)
  if (!person) throw new LabError('unauthorised', 'Sign in first.')
  return person
}

export interface AuthOptions {
  sessions: Sessions
  /** Origins of the lab's own pages, beside the one that the Host header names. */
  origins: readonly string[]
}

/** Makes every route of this scope require a person. */
export function requirePerson(app: FastifyInstance, { sessions, origins }: AuthOptions): void {
  app.addHook('onRequest', async (request) => {
    const isSocket = request.headers.upgrade?.toLowerCase() === 'websocket'
    const token = bearerOf(request)
    const cookie = token === undefined ? request.cookies[cookieName] : undefined
    if (isSocket) assertOwnOrigin(request, origins, { isRequired: token === undefined })
    else if (cookie !== undefined && !readingMethods.has(request.method)) {
      assertOwnOrigin(request, origins, { isRequired: false })
    }
    const person = token !== undefined ? sessions.personOf(token) : cookie && (await sessions.find(cookie))
    if (!person) {
      throw new LabError(
        'unauthorised',
        'Sign in with the link that the lab printed, or send its token as a bearer token.',
      )
    }
    people.set(request, person)
  })
}

/** Refuses requests that another site's page makes with this browser's cookie. */
export function assertOwnOrigin(
  request: FastifyRequest,
  origins: readonly string[],
  { isRequired }: { isRequired: boolean },
): void {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (origin === undefined) {
    if (!isRequired && (site === undefined || site === 'same-origin' || site === 'none')) return
    throw new LabError('forbidden', 'This request names no origin.')
  }
  const isOwn = origins.includes(origin) || originHost(origin) === request.headers.host
  if (!isOwn) throw new LabError('forbidden', `Requests from ${origin} are not allowed.`)
}

/** The token of an `Authorization: Bearer` header. */
export function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

function originHost(origin: string): string | undefined {
  try {
    const url = new URL(origin)
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.host : undefined
  } catch {
    return undefined
  }
}

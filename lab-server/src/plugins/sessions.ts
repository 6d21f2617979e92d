// Who is signed in: the instructor's token, and sessions that were opened with it.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Person } from '../lab/lab.ts'

/** A session as it is kept: never the cookie itself, only its hash. */
export interface StoredSession {
  hash: string
  person: Person
  expiresAt: string
}

export interface SessionStore {
  saveSession(session: StoredSession): Promise<void>
  findSession(hash: string): Promise<StoredSession | undefined>
  removeSession(hash: string): Promise<void>
}

export interface Sessions {
  /** The person a token stands for. */
  personOf(token: string): Person | undefined
  /** Opens a session; returns the cookie's value. */
  open(person: Person): Promise<string>
  find(cookie: string): Promise<Person | undefined>
  close(cookie: string): Promise<void>
}

/** How long a session lasts. */
export const sessionSeconds = 7 * 24 * 3600
const instructor: Person = { id: 'instructor', role: 'instructor', name: 'Instructor' }

/** Sessions opened with the instructor's token. */
export function makeSessions(instructorToken: string, store: SessionStore, now = () => new Date()): Sessions {
  const expected = digest(instructorToken)
  return {
    personOf: (token) => (timingSafeEqual(digest(token), expected) ? instructor : undefined),
    async open(person) {
      const cookie = randomBytes(32).toString('base64url')
      const expiresAt = new Date(now().getTime() + sessionSeconds * 1000).toISOString()
      await store.saveSession({ hash: digest(cookie).toString('hex'), person, expiresAt })
      return cookie
    },
    async find(cookie) {
      const session = await store.findSession(digest(cookie).toString('hex'))
      return session && session.expiresAt > now().toISOString() ? session.person : undefined
    },
    close: (cookie) => store.removeSession(digest(cookie).toString('hex')),
  }
}

/** Sessions that end with the process. */
export function makeMemorySessionStore(): SessionStore {
  const sessions = new Map<string, StoredSession>()
  return {
    saveSession: async (session) => void sessions.set(session.hash, session),
    findSession: async (hash) => sessions.get(hash),
    removeSession: async (hash) => void sessions.delete(hash),
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

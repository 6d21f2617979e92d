import type { Pool } from 'pg'
import type { Person } from '../lab/lab.ts'
import type { SessionStore } from '../plugins/sessions.ts'

/** Sessions kept in PostgreSQL; those that have run out are removed when a new one is opened. */
export function makeSessionStore(pool: Pool): SessionStore {
  return {
    async saveSession({ hash, person, expiresAt }) {
      await pool.query('DELETE FROM sessions WHERE expires_at < now()')
      await pool.query('INSERT INTO sessions (hash, person, expires_at) VALUES ($1, $2, $3)', [
        hash,
        JSON.stringify(person),
        expiresAt,
      ])
    },
    async findSession(hash) {
      const { rows } = await pool.query<{ person: Person; expires_at: Date }>(
        'SELECT person, expires_at FROM sessions WHERE hash = $1',
        [hash],
      )
      const [row] = rows
      return row && { hash, person: row.person, expiresAt: row.expires_at.toISOString() }
    },
    async removeSession(hash) {
      await pool.query('DELETE FROM sessions WHERE hash = $1', [hash])
    },
  }
}

// The lab's memory: PostgreSQL through `pg`, which nothing else of the server imports.
import pg from 'pg'
import type { AttemptStore } from '../lab/attempt-store.ts'
import type { SessionStore } from '../plugins/sessions.ts'
import { makeAttemptStore } from './attempt-queries.ts'
import type { Term } from './leadership.ts'
import { migrate } from './migrations.ts'
import { makeSessionStore } from './session-queries.ts'

export interface Store {
  attempts: AttemptStore
  sessions: SessionStore
  /** Whether the database answers. */
  isReachable(): Promise<boolean>
  close(): Promise<void>
}

const mostConnections = 8
const connectTimeoutMs = 10_000

/**
 * Connects and brings the schema up to date; rejects when the database cannot be reached. With a term, the database
 * refuses what is written to attempts once a later one has begun.
 */
export async function openStore(databaseUrl: string, term?: Term): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: mostConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    ...(term && { onConnect: (client) => writeInTerm(client, term) }),
  })
  // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {})
  try {
    const client = await pool.connect()
    await migrate(client).finally(() => client.release())
  } catch (error) {
    await pool.end()
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`The lab's database cannot be used: ${reason}. Check DATABASE_URL.`, { cause: error })
  }
  return {
    attempts: makeAttemptStore(pool),
    sessions: makeSessionStore(pool),
    isReachable: () =>
      pool.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    close: () => pool.end(),
  }
}

async function writeInTerm(client: pg.ClientBase, { name, number }: Term): Promise<void> {
  const settings = "set_config('taskmaster_lab.name', $1, false), set_config('taskmaster_lab.term', $2, false)"
  await client.query(`SELECT ${settings}`, [name, String(number)])
}

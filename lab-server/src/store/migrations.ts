// The schema, as steps that are each applied once. A step that has been released never changes.
import type { Pool } from 'pg'

const migrations: readonly string[] = [
  `CREATE TABLE attempts (
     id text PRIMARY KEY,
     owner text NOT NULL,
     scenario_id text NOT NULL,
     state text NOT NULL,
     started_at timestamptz NOT NULL,
     solved_at timestamptz,
     ended_at timestamptz,
     record jsonb NOT NULL
   );
   CREATE INDEX attempts_open ON attempts (started_at) WHERE ended_at IS NULL;
   CREATE INDEX attempts_by_owner ON attempts (owner, started_at DESC);
   CREATE TABLE timeline (
     attempt_id text NOT NULL REFERENCES attempts ON DELETE CASCADE,
     position bigint GENERATED ALWAYS AS IDENTITY,
     at timestamptz NOT NULL,
     kind text NOT NULL,
     text text NOT NULL,
     PRIMARY KEY (attempt_id, position)
   );
   CREATE TABLE health (
     attempt_id text NOT NULL REFERENCES attempts ON DELETE CASCADE,
     position bigint GENERATED ALWAYS AS IDENTITY,
     at timestamptz NOT NULL,
     healthy boolean NOT NULL,
     detail text NOT NULL,
     PRIMARY KEY (attempt_id, position)
   );
   CREATE TABLE stage_durations (
     stage text NOT NULL,
     position bigint GENERATED ALWAYS AS IDENTITY,
     milliseconds integer NOT NULL,
     PRIMARY KEY (stage, position)
   );
   CREATE TABLE sessions (
     hash text PRIMARY KEY,
     person jsonb NOT NULL,
     expires_at timestamptz NOT NULL
   );`,
]

/** Any number that no other program on the same database uses for this. */
const lockKey = 7_265_811

/** Brings the database to the newest schema; several servers may start at once. */
export async function migrate(pool: Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey])
    await client.query('CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY)')
    const { rows } = await client.query<{ version: number | null }>(
      'SELECT max(version) AS version FROM schema_version',
    )
    const done = rows[0]?.version ?? 0
    for (const [index, step] of migrations.entries()) {
      if (index < done) continue
      await client.query('BEGIN')
      await client.query(step)
      await client.query('INSERT INTO schema_version VALUES ($1)', [index + 1])
      await client.query('COMMIT')
    }
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [lockKey]).catch(() => undefined)
    client.release()
  }
}

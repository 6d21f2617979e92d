// The schema, as steps that are each applied once. A step that has been released never changes.
import type { ClientBase } from 'pg'

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
  // Writes of a lab that has been deposed are refused by the database itself: see docs/decisions/fenced-writes.md. A
  // connection that names no term (an embedded database, an administrator) writes as before.
  `CREATE TABLE leadership (
     name text PRIMARY KEY,
     term bigint NOT NULL,
     beat_at timestamptz NOT NULL
   );
   CREATE FUNCTION refuse_deposed() RETURNS trigger LANGUAGE plpgsql AS $$
   DECLARE
     own_term text := current_setting('taskmaster_lab.term', true);
   BEGIN
     IF own_term <> '' THEN
       -- Held until this write is committed: no later term begins in between.
       PERFORM FROM leadership
         WHERE name = current_setting('taskmaster_lab.name') AND term = own_term::bigint FOR SHARE;
       IF NOT FOUND THEN
         RAISE EXCEPTION 'another lab has taken over: nothing was written';
       END IF;
     END IF;
     RETURN NULL;
   END $$;
   CREATE TRIGGER refuse_deposed BEFORE INSERT OR UPDATE OR DELETE ON attempts
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_deposed();
   CREATE TRIGGER refuse_deposed BEFORE INSERT OR UPDATE OR DELETE ON timeline
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_deposed();
   CREATE TRIGGER refuse_deposed BEFORE INSERT OR UPDATE OR DELETE ON health
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_deposed();`,
]

/** Any number that no other program on the same database uses for this. */
const lockKey = 7_265_811

/** Brings the database to the newest schema; several servers may start at once, beside an older one that is at work. */
export async function migrate(client: ClientBase): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [lockKey])
  try {
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
  }
}

// Attempts on PostgreSQL: the record as one document, its timeline and health as rows of their own.
import type { Pool } from 'pg'
import type { TimelineEntry } from '../contract/attempts.ts'
import type { AttemptRecord, HealthSample } from '../lab/attempt-record.ts'
import type { AttemptStore } from '../lab/attempt-store.ts'
import { makeWriteQueue } from './write-queue.ts'

interface Row {
  record: AttemptRecord
  timeline: TimelineEntry[] | null
  health: HealthSample[] | null
}

const timeText = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
const whole = `SELECT record,
  (SELECT json_agg(json_build_object('at', ${timeText('at')}, 'kind', kind, 'text', text) ORDER BY position)
     FROM timeline WHERE attempt_id = attempts.id) AS timeline,
  (SELECT json_agg(json_build_object('at', ${timeText('at')}, 'healthy', healthy, 'detail', detail) ORDER BY position)
     FROM health WHERE attempt_id = attempts.id) AS health
  FROM attempts`
const keptDurations = 20

/** Attempts kept in PostgreSQL. Writes to one attempt happen in order. */
export function makeAttemptStore(pool: Pool): AttemptStore {
  const queue = makeWriteQueue()
  const records = async (condition: string, values: unknown[] = []) =>
    (await pool.query<Row>(`${whole} ${condition}`, values)).rows.map(recordOf)

  return {
    save: (record) =>
      queue.replaceable(record.id, async () => {
        const { timeline: _timeline, health: _health, ...document } = record
        await pool.query(
          `INSERT INTO attempts (id, owner, scenario_id, state, started_at, solved_at, ended_at, record)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (id) DO UPDATE
             SET state = $4, started_at = $5, solved_at = $6, ended_at = $7, record = $8`,
          [
            record.id,
            record.owner,
            record.scenarioId,
            record.state,
            record.startedAt,
            record.solvedAt,
            record.endedAt,
            JSON.stringify(document),
          ],
        )
      }),
    appendTimeline: (id, { at, kind, text }) =>
      queue.add(id, async () => {
        await pool.query('INSERT INTO timeline (attempt_id, at, kind, text) VALUES ($1, $2, $3, $4)', [
          id,
          at,
          kind,
          text,
        ])
      }),
    appendHealth: (id, { at, healthy, detail }) =>
      queue.add(id, async () => {
        const values = [id, at, healthy, detail]
        await pool.query('INSERT INTO health (attempt_id, at, healthy, detail) VALUES ($1, $2, $3, $4)', values)
      }),
    clearHistory: (id) =>
      queue.add(id, async () => {
        await pool.query('DELETE FROM timeline WHERE attempt_id = $1', [id])
        await pool.query('DELETE FROM health WHERE attempt_id = $1', [id])
      }),
    async find(id) {
      await queue.idle(id)
      return (await records('WHERE id = $1', [id]))[0]
    },
    loadOpen: () => records('WHERE ended_at IS NULL ORDER BY started_at DESC'),
    async list(owner, limit = 200) {
      // Without what only a report needs: a board asks for all of them every few seconds.
      const { rows } = await pool.query<Row>(
        `SELECT record - 'baseline' - 'brokenObjects' - 'changedObjects' AS record, NULL AS timeline, NULL AS health
         FROM attempts WHERE ($1::text IS NULL OR owner = $1) ORDER BY started_at DESC LIMIT $2`,
        [owner ?? null, limit],
      )
      const bare = { baseline: null, brokenObjects: {}, changedObjects: {} }
      return rows.map((row) => ({ ...recordOf(row), ...bare }))
    },
    async solvedScenarios(owner) {
      const { rows } = await pool.query<{ scenario_id: string }>(
        'SELECT DISTINCT scenario_id FROM attempts WHERE owner = $1 AND solved_at IS NOT NULL',
        [owner],
      )
      return rows.map((row) => row.scenario_id)
    },
    async stageDurations() {
      const { rows } = await pool.query<{ stage: string; usual: number }>(
        'SELECT stage, percentile_disc(0.5) WITHIN GROUP (ORDER BY milliseconds) AS usual FROM stage_durations GROUP BY stage',
      )
      return Object.fromEntries(rows.map((row) => [row.stage, row.usual]))
    },
    async saveStageDuration(stage, milliseconds) {
      await pool.query('INSERT INTO stage_durations (stage, milliseconds) VALUES ($1, $2)', [
        stage,
        Math.round(milliseconds),
      ])
      await pool.query(
        `DELETE FROM stage_durations WHERE stage = $1 AND position NOT IN
           (SELECT position FROM stage_durations WHERE stage = $1 ORDER BY position DESC LIMIT $2)`,
        [stage, keptDurations],
      )
    },
  }
}

function recordOf({ record, timeline, health }: Row): AttemptRecord {
  return { ...record, timeline: timeline ?? [], health: health ?? [] }
}

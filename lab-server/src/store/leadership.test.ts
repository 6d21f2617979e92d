import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newAttemptRecord } from '../lab/attempt-record.ts'
import { loadScenarios } from '../lab/scenarios/load-scenarios.ts'
import { newStages } from '../lab/stages.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
import { takeLeadership } from './leadership.ts'
import { openStore } from './store.ts'

let folder: string
let postgres: EmbeddedPostgres
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leadership-'))
  await chmod(folder, 0o711)
  postgres = await startEmbeddedPostgres({ dataDir: folder, onLog: () => {} })
}, 60_000)
afterAll(async () => {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
})

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  return client
}
const never = (error: Error) => expect.unreachable(error.message)
/** A beat so rare that the lab says nothing of itself while the test lasts, as one that stands still. */
const standingStill = { beatMs: 3_600_000 }

function newRecord() {
  const [scenario] = loadScenarios().catalogue.values()
  if (!scenario) throw new Error('no scenario')
  return newAttemptRecord(scenario, { owner: 'ada', stages: newStages(), now: new Date() })
}

it('one lab leads; the next when it stops, and labs of another name are not concerned', async () => {
  const first = await takeLeadership({ databaseUrl: postgres.url, name: 'a', onLost: never })
  let isSecond = false
  const second = takeLeadership({ databaseUrl: postgres.url, name: 'a', onLost: never }).then((leadership) => {
    isSecond = true
    return leadership
  })
  const other = await takeLeadership({ databaseUrl: postgres.url, name: 'b', onLost: never })
  expect(isSecond).toBe(false)
  await first.stop()
  const next = await second
  expect([first.term.number, next.term.number, other.term.number]).toEqual([1, 2, 1])
  await next.stop()
  await other.stop()
})

it('a lab that loses its connection is told so, and the next leads', async () => {
  const lost = Promise.withResolvers<Error>()
  await takeLeadership({ databaseUrl: postgres.url, name: 'c', onLost: lost.resolve })
  const waiting = takeLeadership({ databaseUrl: postgres.url, name: 'c', onLost: never })
  const client = await connect()
  // The lock of a migration has a small number for a key, and is not meant.
  const holder =
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid > 0"
  await client.query(holder)
  await client.end()
  expect(await lost.promise).toBeInstanceOf(Error)
  await (await waiting).stop()
})

it('a lab that stands still is deposed, and may confirm nothing and write to no attempt any more', async () => {
  const lost = Promise.withResolvers<Error>()
  const first = await takeLeadership({ databaseUrl: postgres.url, name: 'd', onLost: lost.resolve, ...standingStill })
  const store = await openStore(postgres.url, first.term)
  const record = newRecord()
  await store.attempts.save(record)
  await first.confirm()

  const next = await takeLeadership({ databaseUrl: postgres.url, name: 'd', onLost: never, silentMs: 200 })
  await expect(first.confirm()).rejects.toThrow()
  const refusal = 'another lab has taken over: nothing was written'
  await expect(store.attempts.save({ ...record, state: 'solved' })).rejects.toThrow(refusal)
  const entry = { at: new Date().toISOString(), kind: 'solved' as const, text: 'twice' }
  await expect(store.attempts.appendTimeline(record.id, entry)).rejects.toThrow(refusal)
  const sample = { at: entry.at, healthy: true, detail: '' }
  await expect(store.attempts.appendHealth(record.id, sample)).rejects.toThrow(refusal)
  await expect(store.attempts.clearHistory(record.id)).rejects.toThrow(refusal)
  expect(await store.attempts.find(record.id)).toEqual(record)
  expect(await lost.promise).toBeInstanceOf(Error)
  await store.close()
  await next.stop()
})

it('a write that is under way is seen by the next term: it begins after it', async () => {
  const first = await takeLeadership({ databaseUrl: postgres.url, name: 'e', onLost: () => {} })
  const store = await openStore(postgres.url)
  const record = newRecord()
  await store.attempts.save(record)
  const [writer, observer] = [await connect(), await connect()]
  await writer.query("SET taskmaster_lab.name = 'e'; SET taskmaster_lab.term = '1'; BEGIN")
  await writer.query("UPDATE attempts SET state = 'solved' WHERE id = $1", [record.id])
  await first.stop()
  let isNext = false
  const next = takeLeadership({ databaseUrl: postgres.url, name: 'e', onLost: never }).then((leadership) => {
    isNext = true
    return leadership
  })
  const waiting =
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO leadership%'"
  await expect.poll(async () => (await observer.query(waiting)).rowCount, { timeout: 10_000 }).toBe(1)
  expect(isNext).toBe(false)
  await writer.query('COMMIT')
  expect((await next).term.number).toBe(2)
  const late = writer.query("UPDATE attempts SET state = 'broken' WHERE id = $1", [record.id])
  await expect(late).rejects.toThrow('another lab has taken over')
  await Promise.all([writer.end(), observer.end()])
  await (await next).stop()
  await store.close()
})

import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newAttemptRecord } from '../lab/attempt-record.ts'
import { loadScenarios } from '../lab/scenarios/load-scenarios.ts'
import { newStages } from '../lab/stages.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
import { openStore, type Store } from './store.ts'

let dataDir: string
let postgres: EmbeddedPostgres
let store: Store
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lab-store-'))
  await chmod(dataDir, 0o711)
  postgres = await startEmbeddedPostgres({ dataDir, onLog: () => {} })
  store = await openStore(postgres.url)
}, 60_000)
afterAll(async () => {
  await store.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const [scenario] = loadScenarios().catalogue.values()
function newRecord(owner = 'ada') {
  if (!scenario) throw new Error('no scenario')
  return newAttemptRecord(scenario, { owner, stages: newStages(), now: new Date('2026-01-02T03:04:05.678Z') })
}

it('gives back an attempt with its timeline and health in order', async () => {
  const record = newRecord()
  await store.attempts.save(record)
  const entries = ['first', 'second', 'third'].map((text) => ({
    at: '2026-01-02T03:04:06.789Z',
    kind: 'change' as const,
    text,
  }))
  await Promise.all(entries.map((entry) => store.attempts.appendTimeline(record.id, entry)))
  const sample = { at: '2026-01-02T03:04:07.000Z', healthy: false, detail: 'API 503' }
  await store.attempts.appendHealth(record.id, sample)
  expect(await store.attempts.find(record.id)).toEqual({ ...record, timeline: entries, health: [sample] })
  await store.attempts.clearHistory(record.id)
  expect(await store.attempts.find(record.id)).toMatchObject({ timeline: [], health: [] })
})

it('keeps the last of many writes to one attempt', async () => {
  const record = newRecord()
  const saves: Promise<void>[] = []
  for (let count = 1; count <= 50; count++) {
    record.hintsRevealed = count
    saves.push(store.attempts.save(record))
  }
  await Promise.all(saves)
  expect((await store.attempts.find(record.id))?.hintsRevealed).toBe(50)
})

it('finds open attempts, and what an owner has solved', async () => {
  const solved = {
    ...newRecord('bea'),
    state: 'solved' as const,
    solvedAt: new Date().toISOString(),
    endedAt: new Date().toISOString(),
  }
  const open = newRecord('bea')
  await store.attempts.save(solved)
  await store.attempts.save(open)
  const ids = (await store.attempts.loadOpen()).map(({ id }) => id)
  expect(ids).toContain(open.id)
  expect(ids).not.toContain(solved.id)
  expect(await store.attempts.solvedScenarios('bea')).toEqual([scenario?.id])
  expect(await store.attempts.solvedScenarios('eve')).toEqual([])
  expect((await store.attempts.list('bea')).map(({ owner }) => owner)).toEqual(['bea', 'bea'])
})

it('learns the usual duration of a stage from its last ones', async () => {
  for (const took of [100, 5_000, 300]) await store.attempts.saveStageDuration('backend', took)
  expect(await store.attempts.stageDurations()).toEqual({ backend: 300 })
})

it('keeps sessions by hash until they are removed', async () => {
  const person = { id: 'instructor', role: 'instructor' as const, name: 'Instructor' }
  const session = { hash: 'abc', person, expiresAt: new Date(Date.now() + 60_000).toISOString() }
  await store.sessions.saveSession(session)
  expect(await store.sessions.findSession('abc')).toEqual(session)
  await store.sessions.removeSession('abc')
  expect(await store.sessions.findSession('abc')).toBeUndefined()
})

it('can be opened twice at once on one database', async () => {
  const [one, other] = await Promise.all([openStore(postgres.url), openStore(postgres.url)])
  expect(await one.isReachable()).toBe(true)
  await Promise.all([one.close(), other.close()])
})

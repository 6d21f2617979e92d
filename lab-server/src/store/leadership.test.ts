import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
import { takeLeadership } from './leadership.ts'

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

const never = (error: Error) => expect.unreachable(error.message)

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
  await (await second).stop()
  await other.stop()
})

it('a lab that loses its connection is told so, and the next leads', async () => {
  const lost = Promise.withResolvers<Error>()
  await takeLeadership({ databaseUrl: postgres.url, name: 'c', onLost: lost.resolve })
  const waiting = takeLeadership({ databaseUrl: postgres.url, name: 'c', onLost: never })
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  const holder = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
  await client.query(holder)
  await client.end()
  expect(await lost.promise).toBeInstanceOf(Error)
  await (await waiting).stop()
})

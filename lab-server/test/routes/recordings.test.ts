import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Attempt } from '../../src/contract/attempts.ts'
import { type LabUnderTest, startLabUnderTest } from './lab-under-test.ts'

let under: LabUnderTest
const kept = new Map<string, string>()
beforeEach(async () => {
  kept.clear()
  under = await startLabUnderTest({
    recordings: { read: (id) => (kept.has(id) ? Readable.from([kept.get(id) ?? '']) : undefined) },
  })
})
afterEach(() => under.stop())

const start = async () => (await under.call('POST', '/attempts', { scenarioId: 'tasks-do-not-load' })).json() as Attempt

it('gives what the terminal showed, as a file to keep', async () => {
  const { id } = await start()
  kept.set(id, '{"version":2,"width":80,"height":24}\n')
  const { app } = under
  const response = await app.inject({
    url: `/api/v1/attempts/${id}/recording`,
    headers: { authorization: 'Bearer instructor-token-for-tests' },
  })
  expect(response.statusCode).toBe(200)
  expect(response.headers).toMatchObject({
    'content-type': 'application/x-asciicast',
    'content-disposition': `attachment; filename="${id}.cast"`,
    'cache-control': 'no-store',
  })
  expect(response.body).toBe('{"version":2,"width":80,"height":24}\n')
})

it('says that nothing was recorded', async () => {
  const { id } = await start()
  const answer = await under.call('GET', `/attempts/${id}/recording`)
  expect(answer.status).toBe(404)
  expect(answer.json()).toEqual({ code: 'no-recording', message: 'Nothing was recorded of this attempt.' })
})

it('gives nothing of attempts that are not there, nor to strangers', async () => {
  kept.set('stray', 'secret')
  expect((await under.call('GET', '/attempts/stray/recording')).status).toBe(404)
  const { id } = await start()
  kept.set(id, 'secret')
  const stranger = await under.app.inject({ url: `/api/v1/attempts/${id}/recording` })
  expect(stranger.statusCode).toBe(401)
  expect(stranger.body).not.toContain('secret')
})

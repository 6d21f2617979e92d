// The endpoints of the architecture page, asked from outside. Against a running application:
//   TASKMASTER_URL=http://127.42.0.254:61080 TASKMASTER_HOST=taskmaster.local
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPostgres } from './database/binaries.ts'
import { type Answer, ask } from './testing/ask.ts'
import type { RunningImage } from './testing/run-image.ts'
import { backendEnv, type RunningBackend, startBackend, startDatabase } from './testing/start-backend.ts'

const given = process.env.TASKMASTER_URL
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)

describe.skipIf(!given && findPostgres() === undefined)('the API of TaskMaster', () => {
  let database: RunningImage | undefined
  let backend: RunningBackend | undefined

  beforeAll(async () => {
    if (given) return
    database = await startDatabase()
    backend = await startBackend(backendEnv(database.port))
  }, 60_000)
  afterAll(async () => {
    await backend?.stop()
    await database?.stop('SIGINT')
    backend?.remove()
    database?.remove()
  })

  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    ask(given ?? backend?.url ?? '', method, path, { body, headers, host: process.env.TASKMASTER_HOST })
  const create = async (task: object) => {
    const { status, json } = await send('POST', '/api/tasks', task)
    expect(status).toBe(201)
    return json as { id: number }
  }

  it('reports its health', async () => {
    const { status, json, headers } = await send('GET', '/api/health')
    expect(status).toBe(200)
    expect(json).toEqual({ status: 'healthy', database: 'connected', timestamp: time })
    expect(headers['content-type']).toBe('application/json')
  })

  it('reports its database', async () => {
    const { status, json } = await send('GET', '/api/db-status')
    expect(status).toBe(200)
    expect(json).toEqual({ connected: true, database: 'taskmaster', user: 'taskuser', host: expect.any(String) })
  })

  it('lists tasks with every field, and their number', async () => {
    const { status, json } = await send('GET', '/api/tasks')
    expect(status).toBe(200)
    const { tasks, count } = json as { tasks: unknown[]; count: number }
    expect(count).toBe(tasks.length)
    expect(tasks[0]).toEqual({
      id: expect.any(Number),
      title: expect.any(String),
      description: expect.any(String),
      status: expect.stringMatching(/^(pending|in_progress|completed)$/),
      created_at: time,
      updated_at: time,
    })
  })

  it('creates, changes and deletes a task', async () => {
    const created = await create({ title: 'New Task', description: 'Task description', status: 'pending' })
    expect(created).toEqual({
      id: expect.any(Number),
      title: 'New Task',
      description: 'Task description',
      status: 'pending',
      created_at: time,
    })
    const path = `/api/tasks/${created.id}`
    expect(await send('PUT', path, { status: 'in_progress' })).toMatchObject({
      status: 200,
      json: { message: 'Task updated successfully' },
    })
    const { json } = await send('GET', '/api/tasks')
    expect((json as { tasks: { id: number }[] }).tasks).toContainEqual(
      expect.objectContaining({ id: created.id, status: 'in_progress' }),
    )
    expect(await send('DELETE', path)).toMatchObject({ status: 200, json: { message: 'Task deleted successfully' } })
    expect(await send('DELETE', path)).toMatchObject({ status: 404, json: { error: 'Task not found' } })
    expect(await send('PUT', path, { status: 'pending' })).toMatchObject({
      status: 404,
      json: { error: 'Task not found' },
    })
  })

  it('fills in what a new task leaves out, and keeps text as it was sent', async () => {
    const title = `Ünïcode 日本 '); DROP TABLE tasks; --`
    const created = await create({ title })
    expect(created).toMatchObject({ title, description: '', status: 'pending' })
    await send('DELETE', `/api/tasks/${created.id}`)
  })

  it.each<[string, unknown, string]>([
    ['no title', {}, 'Title is required'],
    ['a blank title', { title: '  ' }, 'Title is required'],
    ['a title that is no text', { title: 1 }, 'Title must be a string'],
    ['a title that is too long', { title: 'x'.repeat(256) }, 'Title must be at most 255 characters'],
    ['an unknown status', { title: 'x', status: 'done' }, 'Status must be one of: pending, in_progress, completed'],
    ['a list', [], 'Request body must be a JSON object'],
    ['broken JSON', '{', 'Request body must be valid JSON'],
    ['a NUL character', { title: 'a\0b' }, 'Title must not contain NUL characters'],
  ])('refuses a task with %s', async (_what, body, error) => {
    expect(await send('POST', '/api/tasks', body)).toMatchObject({ status: 400, json: { error } })
  })

  it('takes a title of exactly 255 characters', async () => {
    const { id } = await create({ title: 'é'.repeat(255) })
    await send('DELETE', `/api/tasks/${id}`)
  })

  it('refuses a change that changes nothing, other media types, and huge bodies', async () => {
    expect((await send('PUT', '/api/tasks/1', {})).status).toBe(400)
    expect((await send('POST', '/api/tasks', 'title=x', { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await send('POST', '/api/tasks', { title: 'x', description: 'y'.repeat(1024 * 1024) })).status).toBe(413)
  })

  it('answers in JSON where there is nothing, and names the methods where there is something', async () => {
    expect(await send('GET', '/api/nothing')).toMatchObject({ status: 404, json: { error: 'Not found: /api/nothing' } })
    const { status, headers, json } = await send('PATCH', '/api/tasks')
    expect({ status, allow: headers.allow, json }).toEqual({
      status: 405,
      allow: 'GET, HEAD, POST',
      json: { error: 'Method not allowed' },
    })
    expect((await send('DELETE', '/api/tasks/99999999999')).status).toBe(404)
  })
})

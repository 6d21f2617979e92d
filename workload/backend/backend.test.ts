import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPostgres } from '../database/binaries.ts'
import { ask } from '../testing/ask.ts'
import { eventually } from '../testing/eventually.ts'
import { type RunningImage, runImage } from '../testing/run-image.ts'
import { backendEnv, imageOf, startBackend, startDatabase } from '../testing/start-backend.ts'
import { ConfigError, readConfig } from './config.ts'
import { connectionError } from './database-errors.ts'
import { accessLine, makeLog } from './log.ts'

const env = backendEnv(5432)

describe('the configuration', () => {
  it('comes from the environment, and gunicorn options win', () => {
    expect(readConfig([], env)).toMatchObject({ bindHost: '0.0.0.0', bindPort: 5000, workers: 2, logLevel: 'info' })
    expect(readConfig(['--bind', '127.0.0.1:8000', '--workers=4', 'app:app'], env)).toMatchObject({
      bindHost: '127.0.0.1',
      bindPort: 8000,
      workers: 4,
    })
  })

  it.each<[string, string[], Record<string, string>, number, string]>([
    ['a missing variable', [], { DB_HOST: undefined as unknown as string }, 1, 'missing environment variable: DB_HOST'],
    [
      'a word for a number',
      [],
      { WORKERS: 'two' },
      1,
      "invalid value for WORKERS: 'two' (a whole number from 1 to 64)",
    ],
    ['no worker at all', [], { WORKERS: '0' }, 1, "invalid value for WORKERS: '0' (a whole number from 1 to 64)"],
    [
      'an unknown level',
      [],
      { LOG_LEVEL: 'loud' },
      1,
      "invalid value for LOG_LEVEL: 'loud' (choose from debug, info, warning, error)",
    ],
    ['a misspelt module', ['appp:app'], {}, 3, "ModuleNotFoundError: No module named 'appp'\nWorker failed to boot."],
    ['a misspelt object', ['app:api'], {}, 4, "Failed to find attribute 'api' in 'app'.\nApp failed to load."],
    [
      'an unknown option',
      ['--wrokers', '2'],
      {},
      2,
      'usage: gunicorn [OPTIONS] [APP_MODULE]\ngunicorn: error: unrecognized arguments: --wrokers',
    ],
  ])('refuses %s', (_what, argv, change, exitCode, message) => {
    const read = () => readConfig(argv, { ...env, ...change })
    expect(read).toThrow(ConfigError)
    expect(read).toThrow(expect.objectContaining({ exitCode, message }))
  })
})

describe('the log', () => {
  it('has access lines as gunicorn writes them, and cannot be forged by a request', () => {
    const entry = {
      remoteAddress: '10.42.0.1',
      requestLine: 'GET /api/health HTTP/1.1',
      status: 200,
      bytes: 85,
      referer: undefined,
    }
    const at = new Date('2026-11-23T02:14:37Z')
    expect(accessLine({ ...entry, userAgent: 'kube-probe/1.36' }, at)).toBe(
      '10.42.0.1 - - [23/Nov/2026:02:14:37 +0000] "GET /api/health HTTP/1.1" 200 85 "-" "kube-probe/1.36"',
    )
    expect(accessLine({ ...entry, userAgent: 'a" 200 "b' }, at)).toContain('"a\\" 200 \\"b"')
  })

  it('leaves out what is below its level, but never requests', () => {
    let text = ''
    const log = makeLog('error', { write: (chunk: string) => (text += chunk) } as unknown as NodeJS.WritableStream)
    log.write('info', 'quiet')
    log.write('error', 'loud')
    log.access({
      remoteAddress: '-',
      requestLine: 'GET / HTTP/1.1',
      status: 404,
      bytes: 1,
      referer: undefined,
      userAgent: undefined,
    })
    expect(text).toMatch(/^ERROR:app:loud\n- - - /)
  })
})

describe('errors of the database', () => {
  const config = { host: 'postgres-svc', port: '5432' }
  const failure = (code: string, message = code) => Object.assign(new Error(message), { code })

  it.each([
    [failure('ENOTFOUND'), '', 'could not translate host name "postgres-svc" to address: Name or service not known'],
    [
      failure('EAI_AGAIN'),
      '',
      'could not translate host name "postgres-svc" to address: Temporary failure in name resolution',
    ],
    [
      failure('ECONNREFUSED'),
      '10.43.96.81',
      'connection to server at "postgres-svc" (10.43.96.81), port 5432 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?',
    ],
    [
      new Error('timeout expired'),
      '10.43.96.81',
      'connection to server at "postgres-svc" (10.43.96.81), port 5432 failed: timeout expired',
    ],
    [
      failure('28P01', 'password authentication failed for user "taskuser"'),
      '10.43.96.81',
      'connection to server at "postgres-svc" (10.43.96.81), port 5432 failed: FATAL:  password authentication failed for user "taskuser"',
    ],
  ])('read as libpq words them: %s', (error, address, message) => {
    expect(connectionError(error, config, address).message).toBe(message)
  })

  it('name a port that is no number', () => {
    expect(connectionError(new Error('x'), { host: 'a', port: '54x2' }, '10.0.0.1').message).toBe(
      'invalid integer value "54x2" for connection option "port"',
    )
  })
})

describe('the process', () => {
  it('ends with a clear line when a variable is missing', async () => {
    const backend = await runImage(imageOf('backend'), {
      env: { ...env, DB_PASSWORD: '' },
      argv: ['gunicorn', 'app:appp'],
    })
    expect(await backend.exited).toBe(4)
    expect(backend.output()).toContain("Failed to find attribute 'appp' in 'app'.")
    backend.remove()
  })

  it('says that the database does not answer within the bound, and then still serves', async () => {
    const silent = createServer(() => {})
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, '127.0.0.1', () => resolve((silent.address() as { port: number }).port))
    })
    const backend = await startBackend(backendEnv(port))
    const { status, json } = await ask(backend.url, 'GET', '/api/health')
    expect(status).toBe(503)
    expect(json).toMatchObject({
      status: 'unhealthy',
      database: 'disconnected',
      error: expect.stringContaining('timeout expired'),
    })
    expect(await backend.stop()).toBe(0)
    backend.remove()
    silent.close()
  }, 15_000)
})

describe.skipIf(findPostgres() === undefined)('with a database', () => {
  let database: RunningImage

  beforeAll(async () => {
    database = await startDatabase()
  }, 40_000)
  afterAll(async () => {
    await database?.stop('SIGINT')
    database?.remove()
  })

  it('reports a wrong password, a missing database and a missing user in libpq words', async () => {
    const errors: [Record<string, string>, string][] = [
      [{ DB_PASSWORD: 'wrong' }, 'FATAL:  password authentication failed for user "taskuser"'],
      [{ DB_NAME: 'task' }, 'FATAL:  database "task" does not exist'],
      [{ DB_PASSWORD: '' }, 'fe_sendauth: no password supplied'],
    ]
    for (const [change, text] of errors) {
      const backend = await startBackend({ ...backendEnv(database.port), ...change })
      expect((await ask(backend.url, 'GET', '/api/health')).json).toMatchObject({
        error: expect.stringContaining(text),
      })
      expect((await ask(backend.url, 'GET', '/api/tasks')).json).toEqual({ error: 'Database unavailable' })
      expect(backend.output()).toContain(
        `ERROR:app:health: connection to server at "127.0.0.1", port ${database.port} failed: ${text}`,
      )
      // A refused login must not keep the process from ending.
      expect(await backend.stop()).toBe(0)
      backend.remove()
    }
  }, 20_000)

  it('makes the indexes, serves no more requests at once than it has workers, and heals when the database is back', async () => {
    const backend = await startBackend({ ...backendEnv(database.port), WORKERS: '1' })
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(backend.url, 'GET', '/api/tasks')))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))

    await database.stop('SIGINT')
    expect((await ask(backend.url, 'GET', '/api/health')).status).toBe(503)
    const again = await startDatabase({ rootDir: database.rootDir })
    expect(again.output()).toContain('Skipping initialization')
    database = again
    await backend.stop()
    const healed = await startBackend(backendEnv(again.port))
    await eventually(async () => expect((await ask(healed.url, 'GET', '/api/health')).status).toBe(200))
    expect((await ask(healed.url, 'GET', '/api/tasks')).json).toMatchObject({ count: 3 })
    await healed.stop()
    healed.remove()
    backend.remove()
  }, 30_000)
})

import { connect } from 'node:net'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningImage } from '../testing/run-image.ts'
import { startDatabase } from '../testing/start-backend.ts'
import { findPostgres } from './binaries.ts'
import tools from './tools.ts'

describe.skipIf(findPostgres() === undefined)('psql', () => {
  let database: RunningImage

  beforeAll(async () => {
    database = await startDatabase()
  }, 40_000)
  afterAll(async () => {
    await database?.stop('SIGINT')
    database?.remove()
  })

  async function run(argv: string[], input = '', extraEnv: Record<string, string> = {}) {
    const text = { out: '', error: '' }
    const collect = (name: 'out' | 'error') =>
      new Writable({
        write(chunk, _encoding, done) {
          text[name] += chunk
          done()
        },
      })
    const tool = tools[argv[0] ?? '']
    const exitCode = await tool?.({
      argv,
      env: { PGPORT: String(database.port), ...extraEnv },
      stdin: input === '' ? new PassThrough().end() : Readable.from([Buffer.from(input)]),
      stdout: collect('out'),
      stderr: collect('error'),
      connect: (host, port) =>
        new Promise((resolve, reject) => {
          const socket = connect({ host, port }, () => resolve(socket)).on('error', reject)
        }),
      hostPath: (path) => join(database.rootDir, path),
    })
    return { exitCode, ...text }
  }

  it('prints a result as an aligned table', async () => {
    const { out, exitCode } = await run([
      'psql',
      '-U',
      'taskuser',
      '-d',
      'taskmaster',
      '-c',
      'SELECT id, title, status FROM tasks ORDER BY id',
    ])
    expect(exitCode).toBe(0)
    expect(out).toBe(
      [
        ' id |          title           |   status    ',
        '----+--------------------------+-------------',
        '  1 | Setup Kubernetes Cluster | completed',
        '  2 | Deploy Application       | completed',
        '  3 | Start Exercises          | in_progress',
        '(3 rows)',
        '',
        '',
      ].join('\n'),
    )
  })

  it('prints bare values for scripts', async () => {
    const { out } = await run([
      'psql',
      '-U',
      'taskuser',
      '-d',
      'taskmaster',
      '-tAc',
      'SELECT count(*), true, NULL FROM tasks',
    ])
    expect(out).toBe('3|t|\n')
  })

  it('reads statements and backslash commands from its input', async () => {
    const input =
      "CREATE TABLE notes (text text);\nINSERT INTO notes\nVALUES ('a;b'), ('c');\n\\t\nSELECT text FROM notes;\nDROP TABLE notes;\n\\q\nSELECT 1;\n"
    const { out, exitCode } = await run(['psql', '-U', 'taskuser', 'taskmaster'], input)
    expect(out).toBe('CREATE TABLE\nINSERT 0 2\nTuples only is on.\n a;b\n c\n\nDROP TABLE\n')
    expect(exitCode).toBe(0)
  })

  it('lists tables and describes one', async () => {
    const list = await run(['psql', '-U', 'taskuser', '-d', 'taskmaster', '-c', '\\dt'])
    expect(list.out).toContain(
      '         List of relations\n Schema | Name  | Type  |  Owner   \n--------+-------+-------+----------\n public | tasks | table | taskuser\n(1 row)\n',
    )
    const table = await run(['psql', '-U', 'taskuser', '-d', 'taskmaster', '-c', '\\d tasks'])
    expect(table.out).toContain('Table "public.tasks"')
    expect(table.out).toContain('Indexes:\n    "tasks_pkey" PRIMARY KEY, btree (id)\n')
  })

  it('points at a mistake and fails', async () => {
    const { error, exitCode } = await run(['psql', '-U', 'taskuser', '-d', 'taskmaster', '-c', 'SELECT * FROM task'])
    expect(error).toBe('ERROR:  relation "task" does not exist\nLINE 1: SELECT * FROM task\n                      ^\n')
    expect(exitCode).toBe(1)
  })

  it('says which role is missing', async () => {
    const { error, exitCode } = await run(['psql', '-l'])
    const socket = `/var/run/postgresql/.s.PGSQL.${database.port}`
    expect(error).toBe(
      `psql: error: connection to server on socket "${socket}" failed: FATAL:  role "root" does not exist\n`,
    )
    expect(exitCode).toBe(2)
  })

  it('refuses a wrong password over the network, and takes the right one', async () => {
    const argv = ['psql', '-h', '127.0.0.1', '-U', 'taskuser', '-d', 'taskmaster', '-tAc', 'SELECT 1']
    const wrong = await run(argv, '', { PGPASSWORD: 'wrong' })
    expect(wrong.error).toContain('FATAL:  password authentication failed for user "taskuser"')
    expect(wrong.exitCode).toBe(2)
    expect((await run(argv, '', { PGPASSWORD: 'taskpass123' })).out).toBe('1\n')
  })

  it('pg_isready tells a server that answers from one that does not', async () => {
    const here = await run(['pg_isready'])
    expect(here).toMatchObject({ exitCode: 0, out: `/var/run/postgresql:${database.port} - accepting connections\n` })
    const nowhere = await run(['pg_isready', '-h', '127.0.0.1', '-p', '1'])
    expect(nowhere).toMatchObject({ exitCode: 2, out: '127.0.0.1:1 - no response\n' })
  })
})

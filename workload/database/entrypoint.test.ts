import { existsSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { runImage } from '../testing/run-image.ts'
import { databaseEnv, imageOf, startDatabase } from '../testing/start-backend.ts'
import { findPostgres } from './binaries.ts'
import { type Launch, serverArguments, socketFolders } from './launch.ts'
import { splitSql } from './sql-statements.ts'

const image = imageOf('postgres')

describe.skipIf(findPostgres() === undefined)('the entrypoint', () => {
  it('refuses to initialise without a password, in the words of the image', async () => {
    const database = await runImage(image, { env: { POSTGRES_USER: 'taskuser' } })
    expect(await database.exited).toBe(1)
    expect(database.output()).toContain(
      'Error: Database is uninitialized and superuser password is not specified.\n       You must specify POSTGRES_PASSWORD',
    )
    database.remove()
  })

  it('stops at an init script that fails, and leaves a database without its tables behind', async () => {
    const files = {
      '/docker-entrypoint-initdb.d/init.sql': 'CREATE TABLE a ();\n\nSELECT nonsense;\nCREATE TABLE b ();\n',
    }
    const database = await runImage(image, { env: databaseEnv, files })
    expect(await database.exited).toBe(3)
    expect(database.output()).toContain(
      'psql:/docker-entrypoint-initdb.d/init.sql:3: ERROR:  column "nonsense" does not exist\n',
    )
    expect(database.output().match(/^CREATE TABLE$/gm)).toHaveLength(1)
    expect(database.output()).not.toContain('init process complete')
    database.remove()
  }, 20_000)

  it('hides where it really runs while it initialises', async () => {
    const database = await startDatabase()
    expect(database.output()).toContain('fixing permissions on existing directory /var/lib/postgresql/data ... ok')
    await database.stop('SIGINT')
    database.remove()
  }, 30_000)

  it('gives a copy of an earlier data folder its own password', async () => {
    const first = await startDatabase()
    const second = await startDatabase({ env: { POSTGRES_PASSWORD: "an'other" } })
    const login = async (port: number, password: string) => {
      const client = new pg.Client({ host: '127.0.0.1', port, user: 'taskuser', database: 'taskmaster', password })
      await client.connect()
      const { rows } = await client.query('SELECT count(*)::int AS count FROM tasks')
      await client.end()
      return rows
    }
    expect(await login(second.port, "an'other")).toEqual([{ count: 3 }])
    await expect(login(second.port, 'taskpass123')).rejects.toThrow('password authentication failed')
    expect(await login(first.port, 'taskpass123')).toEqual([{ count: 3 }])
    expect(second.output()).toContain('Success. You can now start the database server using:')
    for (const database of [first, second]) {
      await database.stop('SIGINT')
      database.remove()
    }
  }, 30_000)

  it('does not touch a folder that holds something else', async () => {
    const files = { '/var/lib/postgresql/data/lost+found/x': '' }
    const database = await runImage(image, { env: databaseEnv, files })
    expect(await database.exited).toBe(1)
    expect(database.output()).toContain('initdb: error: directory "/var/lib/postgresql/data" exists but is not empty')
    database.remove()
  })

  it('fails on a volume that it may not write', async () => {
    const database = await runImage(image, { env: databaseEnv, readOnly: ['/var/lib/postgresql/data'] })
    expect(await database.exited).toBe(1)
    expect(database.output()).toContain(
      'initdb: error: could not change permissions of directory "/var/lib/postgresql/data": Read-only file system',
    )
    database.remove()
  })

  it('passes arguments on to the server, which ends cleanly and leaves no Node process', async () => {
    const database = await startDatabase({ argv: ['docker-entrypoint.sh', '-c', 'max_connections=7'] })
    expect(existsSync(join(database.rootDir, 'var/lib/postgresql/data/postmaster.pid'))).toBe(true)
    expect(await database.stop('SIGINT')).toBe(0)
    const again = await runImage(image, {
      env: databaseEnv,
      rootDir: database.rootDir,
      argv: ['postgres', '-c', 'max_connections=none'],
    })
    expect(await again.exited).toBe(1)
    expect(again.output()).toContain('invalid value for parameter "max_connections": "none"')
    database.remove()
  }, 30_000)
})

describe('serverArguments', () => {
  const launch = { data: { host: '/host/data' }, podIp: '127.42.0.6', port: 5432 } as Launch
  const addresses = (...args: string[]) =>
    serverArguments(args, launch, '127.44.0.6')
      .filter((arg) => arg.includes('listen_addresses'))
      .at(-1)

  it('listens on the addresses of the pod, and only on its loopback when that is asked for', () => {
    expect(addresses()).toBe('listen_addresses=127.42.0.6,127.44.0.6')
    expect(addresses('-c', 'listen_addresses=*')).toBe('listen_addresses=127.42.0.6,127.44.0.6')
    expect(addresses('-c', 'listen_addresses=localhost')).toBe('listen_addresses=127.44.0.6')
    expect(addresses('--listen-addresses=localhost')).toBe('--listen_addresses=127.44.0.6')
  })
})

describe('socketFolders', () => {
  it('falls back to a short folder where the path is too long for a socket', () => {
    expect(socketFolders('/short')[0]).toBe('/short')
    const [folder = ''] = socketFolders(`/${'x'.repeat(120)}`)
    expect(folder).toMatch(/^\/tmp\/pg-[0-9a-f]{16}$/)
  })
})

describe('splitSql', () => {
  it.each([
    ["SELECT 'a;b'; SELECT 2;", ["SELECT 'a;b';", 'SELECT 2;']],
    ['SELECT 1; -- one; two\nSELECT 2;', ['SELECT 1;', 'SELECT 2;']],
    ['/* a; /* b; */ */ SELECT 1;', ['/* a; /* b; */ */ SELECT 1;']],
    ['DO $$ BEGIN PERFORM 1; END $$; SELECT "x;y";', ['DO $$ BEGIN PERFORM 1; END $$;', 'SELECT "x;y";']],
    [
      'CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);',
      ['CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);'],
    ],
    [";;\n;SELECT 'it''s';", ["SELECT 'it''s';"]],
  ])('splits %j', (sql, expected) => {
    const { statements, rest } = splitSql(sql)
    expect(statements.map(({ text }) => text)).toEqual(expected)
    expect(rest).toBe('')
  })

  it('keeps what is not finished, and knows lines', () => {
    expect(splitSql('SELECT 1;\n\nSELECT 2;\nSELECT')).toEqual({
      statements: [
        { text: 'SELECT 1;', line: 1 },
        { text: 'SELECT 2;', line: 3 },
      ],
      rest: '\nSELECT',
    })
    expect(splitSql('-- nothing\n  ').rest).toBe('')
  })
})

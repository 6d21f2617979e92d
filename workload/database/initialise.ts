// Fills an empty data folder as the image does: initdb, a private server, the database, the init scripts.
import { spawn } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { fillDataFolder } from './fill-data-folder.ts'
import type { Launch } from './launch.ts'
import { type Settings, SetupError } from './settings.ts'
import { splitSql } from './sql-statements.ts'

export interface Setup {
  launch: Launch
  settings: Settings
  sockets: string
  environment: Record<string, string | undefined>
}

// The image's configuration, and sizes that let thirty of them share a laptop.
const configuration = `
listen_addresses = '*'
shared_buffers = 16MB
max_connections = 100
max_parallel_workers_per_gather = 0
max_wal_size = 64MB
log_timezone = 'Etc/UTC'
timezone = 'Etc/UTC'
`

/** Makes a database out of an empty folder; throws SetupError where the image's script would stop. */
export async function initialiseDatabase(setup: Setup): Promise<void> {
  const { launch, settings } = setup
  const { needsPassword } = fillDataFolder(setup)
  appendFileSync(join(launch.data.host, 'postgresql.conf'), configuration)
  appendFileSync(join(launch.data.host, 'pg_hba.conf'), `\nhost all all all ${settings.hostAuthMethod}\n`)

  const server = await startPrivateServer(setup)
  try {
    if (needsPassword) await setPassword(setup)
    if (settings.database !== 'postgres') {
      await runSql(setup, 'postgres', `CREATE DATABASE ${pg.escapeIdentifier(settings.database)}`)
    }
    await runInitScripts(setup)
  } finally {
    await server.stop()
  }
}

async function startPrivateServer({ launch, sockets, environment }: Setup) {
  process.stdout.write('waiting for server to start....')
  const args = ['-D', launch.data.host, '-c', 'listen_addresses=', '-p', String(launch.port)]
  const child = spawn(
    join(launch.binaries, 'postgres'),
    [...args, '-c', `unix_socket_directories=${sockets}`, '-c', 'fsync=off'],
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const isReady = await new Promise<boolean>((resolve) => {
    child.once('exit', () => resolve(false))
    child.stdout.pipe(process.stdout, { end: false })
    child.stderr.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk)
      if (chunk.includes('ready to accept connections')) resolve(true)
    })
  })
  if (!isReady) throw new SetupError('pg_ctl: could not start server\nExamine the log output.', 1)
  process.stdout.write(' done\nserver started\n')
  return {
    async stop() {
      process.stdout.write('\nwaiting for server to shut down....')
      child.kill('SIGINT')
      await ended
      process.stdout.write(' done\nserver stopped\n')
    },
  }
}

async function runInitScripts(setup: Setup): Promise<void> {
  const folder = '/docker-entrypoint-initdb.d'
  let names: string[] = []
  try {
    names = readdirSync(setup.launch.initScripts).sort()
  } catch {
    // The image carries the folder empty.
  }
  for (const name of names) {
    const path = join(setup.launch.initScripts, name)
    const announce = (verb: string) =>
      process.stdout.write(`\n/usr/local/bin/docker-entrypoint.sh: ${verb} ${folder}/${name}\n`)
    if (name.endsWith('.sql') || name.endsWith('.sql.gz')) {
      announce('running')
      const content = readFileSync(path)
      const sql = (name.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8')
      await runSql(setup, setup.settings.database, sql, `${folder}/${name}`)
    } else if (!name.startsWith('.')) {
      announce('ignoring')
    }
  }
}

/** Nobody reaches the server before: it listens on its socket only. */
async function setPassword({ settings, sockets, launch }: Setup): Promise<void> {
  const client = new pg.Client({ host: sockets, port: launch.port, user: settings.user, database: 'postgres' })
  await client.connect()
  const password = settings.password === '' ? 'NULL' : pg.escapeLiteral(settings.password)
  await client.query(`ALTER ROLE ${pg.escapeIdentifier(settings.user)} PASSWORD ${password}`)
  await client.end()
}

/** Runs SQL as `psql -v ON_ERROR_STOP=1` does: prints each statement's tag, stops at the first error with exit 3. */
async function runSql({ settings, sockets, launch }: Setup, database: string, sql: string, file = '<stdin>') {
  const client = new pg.Client({ host: sockets, port: launch.port, user: settings.user, database })
  const protocol = (client as unknown as { connection: NodeJS.EventEmitter }).connection
  protocol.on('commandComplete', (message: { text: string }) => process.stdout.write(`${message.text}\n`))
  await client.connect()
  const { statements, rest } = splitSql(sql)
  try {
    for (const { text, line } of rest === '' ? statements : [...statements, { text: rest, line: 1 }]) {
      await client.query(text).catch((error: Error) => {
        process.stderr.write(`psql:${file}:${line}: ERROR:  ${error.message}\n`)
        throw new SetupError('', 3)
      })
    }
  } finally {
    await client.end()
  }
}

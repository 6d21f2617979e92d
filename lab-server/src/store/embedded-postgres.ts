// A PostgreSQL of the lab's own, for machines without one: the PostgreSQL 15 that the workload's database
// runs, through the same entrypoint. It listens on a Unix socket only, in a folder that nobody can list.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findPostgres, linkLibraries } from '@taskmaster-lab/workload/database/binaries.ts'
import { type Launch, launchVariable } from '@taskmaster-lab/workload/database/launch.ts'

export interface EmbeddedPostgres {
  /** For `pg`: a URL whose host is the socket's folder. */
  readonly url: string
  stop(): Promise<void>
}

const entrypoint = fileURLToPath(import.meta.resolve('@taskmaster-lab/workload/database/entrypoint.ts'))

/** Starts the lab's database with its data under `dataDir`; rejects with the server's last words when it does not come up. */
export async function startEmbeddedPostgres(options: {
  dataDir: string
  onLog: (line: string) => void
}): Promise<EmbeddedPostgres> {
  const native = findPostgres()
  if (!native) throw new Error('npm has no PostgreSQL for this machine: set DATABASE_URL to one of your own.')
  const data = join(options.dataDir, 'postgres')
  const libraries = join(options.dataDir, 'postgres-libraries')
  linkLibraries(native, libraries)
  await chmod(libraries, 0o755)
  await endLeftover(data)
  const sockets = join(tmpdir(), `lab-${randomBytes(12).toString('hex')}`)
  await mkdir(sockets, { mode: 0o711 })

  const launch: Launch = {
    binaries: join(native, 'bin'),
    libraries: `${libraries}:${join(native, 'lib')}`,
    argv: ['postgres', '-c', 'listen_addresses='],
    data: { container: data, host: data, isReadOnly: false },
    initScripts: join(options.dataDir, 'no-init-scripts'),
    sockets,
    podIp: '127.0.0.1',
    port: 5432,
  }
  const password = randomBytes(16).toString('hex')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entrypoint], {
    env: {
      PATH: process.env.PATH ?? '',
      LANG: 'C.UTF-8',
      POSTGRES_USER: 'lab',
      POSTGRES_PASSWORD: password,
      POSTGRES_DB: 'lab',
      [launchVariable]: JSON.stringify(launch),
    },
    // A group of its own: a Ctrl-C meant for the lab must not take its database first.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  await isReady(child, ended).catch(async (error) => {
    await rm(sockets, { recursive: true, force: true })
    throw error
  })
  child.stderr.on('data', (text: string) => {
    for (const line of text.trimEnd().split('\n'))
      if (/FATAL|PANIC|ERROR/.test(line)) options.onLog(`database: ${line}`)
  })
  return {
    url: `postgresql://lab@${encodeURIComponent(sockets)}:5432/lab`,
    async stop() {
      if (child.exitCode === null) child.kill('SIGINT')
      await ended
      await rm(sockets, { recursive: true, force: true })
    },
  }
}

/** Ends the server of a lab that was killed: it would keep the data to itself. */
async function endLeftover(data: string): Promise<void> {
  const lock = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(lock.split('\n', 1)[0])
  const isOurs = async () => pid > 1 && (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === data
  if (!(await isOurs())) return
  process.kill(pid, 'SIGINT')
  for (let tries = 0; tries < 200 && (await isOurs()); tries++) await delay(50)
}

/** Waits for the final server's readiness line; the one during initialisation is a private server's. */
function isReady(child: ReturnType<typeof spawn>, ended: Promise<unknown[]>): Promise<void> {
  return new Promise((resolve, reject) => {
    let isFinal = false
    let last = ''
    const look = (text: string) => {
      last = (last + text).slice(-2000)
      if (/init process complete|Skipping initialization/.test(last)) isFinal = true
      if (
        isFinal &&
        /ready to accept connections/.test(last.slice(last.search(/init process complete|Skipping initialization/)))
      )
        resolve()
    }
    child.stdout?.setEncoding('utf8').on('data', look)
    child.stderr?.setEncoding('utf8').on('data', look)
    void ended.then(([code]) => reject(new Error(`The lab's database did not start (code ${code}):\n${last.trim()}`)))
  })
}

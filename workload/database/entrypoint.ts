// Stands where the image has docker-entrypoint.sh: prepares the data folder, then becomes the server.
import { chmodSync, lchownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Launch, launchVariable, serverArguments, socketFolders } from './launch.ts'
import { readSettings, type Settings, SetupError } from './settings.ts'

const launch: Launch = JSON.parse(process.env[launchVariable] ?? '{}')
const loopback = process.env.PODNET_LOOPBACK ?? '127.0.0.1'
// The container's own environment: what was added to run under Node stops here.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS|PODNET_.*)$/.test(name) && name !== launchVariable),
)
const serverEnvironment = { ...environment, LD_LIBRARY_PATH: launch.libraries, PGDATA: launch.data.host, TZ: 'UTC' }

try {
  await main()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  if (error.message !== '') process.stderr.write(`${error.message}\n`)
  process.exitCode = error.exitCode
}

async function main(): Promise<void> {
  const [name = 'postgres', ...rest] = launch.argv[0]?.startsWith('-') ? ['postgres', ...launch.argv] : launch.argv
  if (name !== 'postgres') {
    throw new SetupError(`docker-entrypoint.sh: exec: line 351: ${name}: not found`, 127)
  }
  const isQuestion = rest.some((arg) => ['--help', '-?', '--version', '-V', '--describe-config', '-C'].includes(arg))
  if (isQuestion) become(rest)
  const sockets = prepareSockets()
  dropRoot(sockets)
  const isReady = isInitialised()
  const settings = readSettings(process.env, isReady)
  prepareData()
  if (isReady) {
    process.stdout.write('\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n')
    removeStaleLock()
  } else {
    await initialise(settings, sockets)
    process.stdout.write('\nPostgreSQL init process complete; ready for start up.\n\n')
  }
  become([...serverArguments(rest, launch, loopback), '-c', `unix_socket_directories=${sockets}`])
}

// Loaded only when there is something to do: the driver takes memory and time.
async function initialise(settings: Settings, sockets: string): Promise<void> {
  const { initialiseDatabase } = await import('./initialise.ts')
  await initialiseDatabase({ launch, settings, sockets, environment: serverEnvironment })
}

function become(args: string[]): never {
  const binary = join(launch.binaries, 'postgres')
  if (!process.execve) throw new SetupError('this Node.js cannot replace its process: version 24 is needed', 1)
  // The server finds its own files by the name it was started with.
  return process.execve(binary, [binary, ...args], serverEnvironment)
}

function prepareSockets(): string {
  for (const folder of socketFolders(launch.sockets)) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 })
      chmodSync(folder, statSync(folder).mode | 0o700)
      return folder
    } catch {
      // Not ours to write: the next one.
    }
  }
  throw new SetupError(`mkdir: can't create directory '/var/run/postgresql': Permission denied`, 1)
}

function prepareData(): void {
  const { container, host, isReadOnly } = launch.data
  if (isReadOnly) {
    // A mount that is read-only for the container only: what a host process cannot see by itself.
    process.stderr.write(`chmod: ${container}: Read-only file system\n`)
    throw new SetupError(
      isInitialised()
        ? `${serverStamp()} FATAL:  could not create lock file "postmaster.pid": Read-only file system`
        : `initdb: error: could not change permissions of directory "${container}": Read-only file system`,
      1,
    )
  }
  try {
    mkdirSync(host, { recursive: true })
    chmodSync(host, 0o700)
  } catch (error) {
    const reason = isDenied(error) ? 'Operation not permitted' : String(error)
    process.stderr.write(`chmod: ${container}: ${reason}\n`)
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPERM' || error.code === 'EACCES')
}

function serverStamp(): string {
  return `${new Date().toISOString().replace('T', ' ').replace('Z', '')} UTC [1]`
}

function isInitialised(): boolean {
  try {
    return statSync(join(launch.data.host, 'PG_VERSION')).size > 0
  } catch {
    return false
  }
}

/** A killed server leaves its lock; in a container no other process can have its number. */
function removeStaleLock(): void {
  const lock = join(launch.data.host, 'postmaster.pid')
  try {
    const pid = readFileSync(lock, 'utf8').split('\n', 1)[0] ?? ''
    if (!isPostgres(pid)) rmSync(lock)
  } catch {
    // No lock, or none that we may read: the server will say so.
  }
}

function isPostgres(pid: string): boolean {
  try {
    process.kill(Number(pid), 0)
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres')
  } catch {
    return false
  }
}

/** The image starts as root and hands over to `postgres`; here that is nobody, who owns nothing else. */
function dropRoot(sockets: string): void {
  if (process.getuid?.() !== 0) return
  const nobody = 65_534
  mkdirSync(launch.data.host, { recursive: true })
  for (const folder of [launch.data.host, sockets]) chownTree(folder, nobody)
  process.setgroups?.([])
  process.setgid?.(nobody)
  process.setuid?.(nobody)
}

function chownTree(folder: string, owner: number): void {
  lchownSync(folder, owner, owner)
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(folder, entry), owner, owner)
  }
}

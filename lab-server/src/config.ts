// The lab's settings: flags first, then the environment, then what suits one person on one machine.
import { randomBytes } from 'node:crypto'
import { accessSync, chmodSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type NetworkWish, networkWishes } from './cluster/network/choose-network.ts'
import { scenarioFolders } from './lab/scenarios/load-scenarios.ts'

export interface Config {
  host: string
  port: number
  dataDir: string
  /** Where browsers reach the lab, without a slash at the end. */
  publicUrl: string
  cluster: 'embedded' | 'kubeconfig'
  /** Path of the kubeconfig when `cluster` is `kubeconfig`. */
  kubeconfig: string | undefined
  /** Level of the embedded clusters' network: the strongest that the machine gives, or one by name. */
  network: NetworkWish
  instructorToken: string
  /** PostgreSQL of the lab itself; an embedded one when undefined. */
  databaseUrl: string | undefined
  /** Healthy sandboxes kept ahead of need. */
  warmPool: number
  /** Whether what students see in their terminals is kept. */
  recordTerminals: boolean
  /** Folders with scenarios, the lab's own first. */
  scenarioDirs: string[]
}

/** A setting that cannot be used; the message says which and what to do. */
export class ConfigError extends Error {}

const flags = {
  host: { type: 'string' },
  port: { type: 'string' },
  'data-dir': { type: 'string' },
  'public-url': { type: 'string' },
  cluster: { type: 'string' },
  kubeconfig: { type: 'string' },
  network: { type: 'string' },
  'instructor-token': { type: 'string' },
  'database-url': { type: 'string' },
  'warm-pool': { type: 'string' },
  'record-terminals': { type: 'string' },
  'scenario-dirs': { type: 'string' },
} as const

/** The flags of `serve`, each with its variable, for `--help`. */
export const configHelp = `  --host HOST               LAB_HOST              address to listen on (127.0.0.1)
  --port PORT               LAB_PORT              port to listen on (8080; 0 is any free one)
  --data-dir DIR            LAB_DATA_DIR          where attempts and the database are kept
  --public-url URL          LAB_PUBLIC_URL        where browsers reach the lab
  --cluster KIND            LAB_CLUSTER           embedded (default) or kubeconfig
  --kubeconfig FILE         KUBECONFIG            the cluster to use with --cluster kubeconfig
  --network LEVEL           LAB_NETWORK           of the embedded clusters: isolated, portable, or auto (auto)
  --instructor-token TOKEN  LAB_INSTRUCTOR_TOKEN  made and kept in the data folder if unset
  --database-url URL        DATABASE_URL          PostgreSQL 15 or newer; an embedded one if unset
  --warm-pool N             LAB_WARM_POOL         healthy sandboxes kept ahead of need (1)
  --record-terminals YESNO  LAB_RECORD_TERMINALS  keep what terminals show, as asciicast: yes or no (no)
  --scenario-dirs A:B       LAB_SCENARIO_DIRS     more folders with scenarios`

/** Where the data are kept unless told otherwise: a root's home is closed to the unprivileged users that processes run as. */
export function defaultDataDir(env: NodeJS.ProcessEnv, uid = process.getuid?.()): string {
  if (uid === 0) return '/var/lib/taskmaster-lab'
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'taskmaster-lab')
}

/** Makes the data folder and checks that it can be written. */
export function prepareDataDir(path: string): string {
  const folder = resolve(path)
  try {
    // Searchable but not listable: the shells and containers of students run as other users.
    mkdirSync(folder, { recursive: true, mode: 0o711 })
    accessSync(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new ConfigError(
      `The data folder ${folder} cannot be written (${reason}). Choose another with --data-dir or LAB_DATA_DIR.`,
    )
  }
  return folder
}

function parsePort(text: string, name: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65535 || text.trim() === '') {
    throw new ConfigError(`${name} must be a port between 0 and 65535, not "${text}".`)
  }
  return port
}

function parseCount(text: string, name: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 0 || count > 200 || text.trim() === '') {
    throw new ConfigError(`${name} must be a number between 0 and 200, not "${text}".`)
  }
  return count
}

function parseYesNo(text: string, name: string): boolean {
  if (text === 'yes' || text === 'true') return true
  if (text === 'no' || text === 'false') return false
  throw new ConfigError(`${name} must be yes or no, not "${text}".`)
}

function keptToken(dataDir: string): string {
  const path = join(dataDir, 'instructor-token')
  try {
    const kept = readFileSync(path, 'utf8').trim()
    if (kept) return kept
  } catch {
    // The first start: there is none yet.
  }
  const token = randomBytes(24).toString('base64url')
  writeFileSync(path, `${token}\n`, { mode: 0o600 })
  chmodSync(path, 0o600)
  return token
}

function parseFlags(args: string[]) {
  try {
    return parseArgs({ args, options: flags, allowPositionals: false }).values
  } catch (error) {
    throw new ConfigError(`${(error as Error).message.split('\n')[0]} See --help.`)
  }
}

/** A network level, or a ConfigError that names the flag. */
export function parseNetwork(text: string): NetworkWish {
  const wish = networkWishes.find((one) => one === text)
  if (!wish) throw new ConfigError(`--network (LAB_NETWORK) must be ${networkWishes.join(', ')}, not "${text}".`)
  return wish
}

/** Reads the configuration; throws ConfigError with what to change. */
export function readConfig(args: string[], env: NodeJS.ProcessEnv): Config {
  const given = parseFlags(args)
  const pick = (flag: keyof typeof flags, variable: string): string | undefined =>
    given[flag] ?? (env[variable] || undefined)
  const host = pick('host', 'LAB_HOST') ?? '127.0.0.1'
  const port = parsePort(pick('port', 'LAB_PORT') ?? '8080', '--port (LAB_PORT)')
  const cluster = pick('cluster', 'LAB_CLUSTER') ?? 'embedded'
  if (cluster !== 'embedded' && cluster !== 'kubeconfig') {
    throw new ConfigError(`--cluster (LAB_CLUSTER) must be "embedded" or "kubeconfig", not "${cluster}".`)
  }
  const kubeconfig = pick('kubeconfig', 'KUBECONFIG')
  // In a pod the lab has an account of its own.
  if (cluster === 'kubeconfig' && !kubeconfig && !env.KUBERNETES_SERVICE_HOST) {
    throw new ConfigError('With --cluster kubeconfig the lab needs --kubeconfig or KUBECONFIG.')
  }
  const dataDir = prepareDataDir(pick('data-dir', 'LAB_DATA_DIR') ?? defaultDataDir(env))
  const publicUrl = (pick('public-url', 'LAB_PUBLIC_URL') ?? `http://localhost:${port}`).replace(/\/+$/, '')
  if (!URL.canParse(publicUrl))
    throw new ConfigError(`--public-url (LAB_PUBLIC_URL) must be a URL, not "${publicUrl}".`)
  return {
    host,
    port,
    dataDir,
    publicUrl,
    cluster,
    kubeconfig,
    network: parseNetwork(pick('network', 'LAB_NETWORK') ?? 'auto'),
    instructorToken: pick('instructor-token', 'LAB_INSTRUCTOR_TOKEN') ?? keptToken(dataDir),
    databaseUrl: pick('database-url', 'DATABASE_URL'),
    warmPool: parseCount(pick('warm-pool', 'LAB_WARM_POOL') ?? '1', '--warm-pool (LAB_WARM_POOL)'),
    recordTerminals: parseYesNo(
      pick('record-terminals', 'LAB_RECORD_TERMINALS') ?? 'no',
      '--record-terminals (LAB_RECORD_TERMINALS)',
    ),
    scenarioDirs: scenarioFolders(pick('scenario-dirs', 'LAB_SCENARIO_DIRS')),
  }
}

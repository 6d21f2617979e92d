// What the operator set: environment variables, and the command line in gunicorn's words.

export type LogLevel = 'debug' | 'info' | 'warning' | 'error'

export interface DatabaseConfig {
  host: string
  /** As given: libpq, too, complains about a bad port only when it connects. */
  port: string
  name: string
  user: string
  password: string
}

export interface Config {
  bindHost: string
  bindPort: number
  /** How many requests are served at once, each with a database connection of its own. */
  workers: number
  logLevel: LogLevel
  development: boolean
  database: DatabaseConfig
}

/** A mistake of the operator: `message` is the log line, `exitCode` how the process ends. */
export class ConfigError extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

const logLevels: LogLevel[] = ['debug', 'info', 'warning', 'error']
const application = 'app:app'

interface Arguments {
  bind: string
  workers?: string
  logLevel?: string
  module?: string
}

/** Reads the command line and the environment; throws ConfigError with a line that names the mistake. */
export function readConfig(argv: string[], env: Record<string, string | undefined>): Config {
  const args = readArguments(argv)
  checkModule(args.module)
  const missing = ['DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_USER', 'DB_PASSWORD'].filter((name) => env[name] === undefined)
  if (missing.length > 0) {
    throw new ConfigError(`missing environment variable${missing.length > 1 ? 's' : ''}: ${missing.join(', ')}`, 1)
  }
  return {
    ...readBind(args.bind),
    workers: readWorkers(args.workers ?? env.WORKERS ?? '1'),
    logLevel: readLogLevel(args.logLevel ?? env.LOG_LEVEL ?? 'info'),
    development: env.FLASK_ENV === 'development',
    database: {
      host: env.DB_HOST ?? '',
      port: env.DB_PORT ?? '',
      name: env.DB_NAME ?? '',
      user: env.DB_USER ?? '',
      password: env.DB_PASSWORD ?? '',
    },
  }
}

function readArguments(argv: string[]): Arguments {
  const args: Arguments = { bind: '0.0.0.0:5000' }
  const rest = [...argv]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [flag = '', inline] = word.startsWith('--') ? splitOnce(word, '=') : [word]
    const value = () => {
      const given = inline ?? rest.shift()
      if (given === undefined) throw usage(`argument ${flag}: expected one argument`)
      return given
    }
    if (flag === '--bind' || flag === '-b') args.bind = value()
    else if (flag === '--workers' || flag === '-w') args.workers = value()
    else if (flag === '--log-level') args.logLevel = value()
    else if (['--timeout', '-t', '--access-logfile', '--error-logfile'].includes(flag)) value()
    else if (word.startsWith('-') || args.module !== undefined) throw usage(`unrecognized arguments: ${word}`)
    else args.module = word
  }
  return args
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function usage(problem: string): ConfigError {
  return new ConfigError(`usage: gunicorn [OPTIONS] [APP_MODULE]\ngunicorn: error: ${problem}`, 2)
}

/** Same exits as gunicorn: 3 when a worker cannot load the application, 4 when the module has no such object. */
function checkModule(module: string | undefined): void {
  if (module === undefined || module === application || module === 'app') return
  const [name = '', object = 'application'] = module.split(':')
  if (name !== 'app') throw new ConfigError(`ModuleNotFoundError: No module named '${name}'\nWorker failed to boot.`, 3)
  throw new ConfigError(`Failed to find attribute '${object}' in 'app'.\nApp failed to load.`, 4)
}

function readBind(bind: string): { bindHost: string; bindPort: number } {
  const match = /^(?:(.*):)?(\d+)$/.exec(bind)
  const port = Number(match?.[2])
  if (!match || port > 65_535) throw new ConfigError(`'${bind}' is not a valid address to bind to: use HOST:PORT`, 1)
  return { bindHost: match[1] || '0.0.0.0', bindPort: port }
}

function readWorkers(text: string): number {
  const workers = Number(text)
  if (/^\d+$/.test(text.trim()) && workers >= 1 && workers <= 64) return workers
  throw new ConfigError(`invalid value for WORKERS: '${text}' (a whole number from 1 to 64)`, 1)
}

function readLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text.toLowerCase())
  if (level) return level
  throw new ConfigError(`invalid value for LOG_LEVEL: '${text}' (choose from ${logLevels.join(', ')})`, 1)
}

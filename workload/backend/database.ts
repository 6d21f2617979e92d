// One connection per request, with libpq's wording for everything that can go wrong on the way.
import { lookup } from 'node:dns/promises'
import pg from 'pg'
import type { DatabaseConfig } from './config.ts'
import { connectionError, isAtLimit } from './database-errors.ts'
import type { Log } from './log.ts'

/** Runs one statement and returns its rows. */
export type Query = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>

export interface Database {
  /** Opens a connection for `work` and closes it afterwards; waits while all workers are busy. */
  use<T>(work: (query: Query) => Promise<T>): Promise<T>
}

const timeoutMs = 3000
const goodbyeMs = 1000

// The init script creates the table only; the indexes of the architecture page are made here, once,
// where the table exists, and never on a database that is read-only.
const needsIndexes = `SELECT to_regclass('tasks') IS NOT NULL AND to_regclass('idx_tasks_created_at') IS NULL
  AND NOT current_setting('transaction_read_only')::boolean AS needed`
const createIndexes = `CREATE INDEX IF NOT EXISTS idx_tasks_status ON tasks(status);
  CREATE INDEX IF NOT EXISTS idx_tasks_created_at ON tasks(created_at)`

/** Makes the way to the database: at most `workers` connections at once, none kept between requests. */
export function makeDatabase(config: DatabaseConfig, workers: number, log: Log): Database {
  const waiting: (() => void)[] = []
  let free = workers
  let hasIndexes = false

  const acquire = async () => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const release = () => {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }

  const ensureIndexes = async (query: Query) => {
    if (hasIndexes) return
    try {
      const [row] = await query(needsIndexes)
      if (row?.needed) await query(createIndexes)
      hasIndexes = row?.needed === true
    } catch (error) {
      log.write('debug', `indexes: ${error instanceof Error ? error.message : error}`)
    }
  }

  return {
    async use(work) {
      await acquire()
      try {
        const client = await connect(config)
        try {
          const query: Query = async (text, values) => {
            log.write('debug', `sql: ${text.replaceAll(/\s+/g, ' ')}`)
            return (await client.query(text, values)).rows ?? []
          }
          await ensureIndexes(query)
          return await work(query)
        } finally {
          await close(client)
        }
      } finally {
        release()
      }
    },
  }
}

async function connect(config: DatabaseConfig): Promise<pg.Client> {
  const address = await resolveHost(config.host)
  const client = new pg.Client({
    host: address,
    port: Number(config.port),
    database: config.name,
    user: config.user,
    password: config.password,
    ssl: false,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'taskmaster-backend',
  })
  client.on('error', () => {}) // A connection lost between statements shows at the next statement.
  try {
    if (!/^\d{1,5}$/.test(config.port)) throw new Error('bad port')
    await client.connect()
    return client
  } catch (error) {
    // A refused login leaves its socket open, and the server waiting for a second try.
    void close(client)
    throw connectionError(error, config, address)
  }
}

async function resolveHost(host: string): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('lookup timed out'), { code: 'EAI_AGAIN' })), timeoutMs)
  })
  try {
    return (await Promise.race([lookup(host, { family: 4 }), late])).address
  } catch (error) {
    throw isAtLimit(error) ? error : connectionError(error, { host, port: '' }, '')
  } finally {
    clearTimeout(timer)
  }
}

/** Says goodbye. A socket that is dead already, or a server that does not answer, is left behind. */
async function close(client: pg.Client): Promise<void> {
  const { stream } = client.connection
  stream.on('error', () => {}) // Whatever it complains of from now on is no news.
  const timer = setTimeout(() => stream.destroy(), goodbyeMs)
  try {
    await client.end()
  } catch {
    stream.destroy()
  } finally {
    clearTimeout(timer)
  }
}

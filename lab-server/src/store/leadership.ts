// Of several labs with one database only one works: the one that holds an advisory lock of PostgreSQL. The others
// wait, and the next takes over when its connection ends, be it by a crash, or when nothing has been heard of it for
// too long. Each time the lock is taken a new term begins; whatever an earlier term still writes is refused.
import pg from 'pg'
import { migrate } from './migrations.ts'

/** One turn at work; a later one has a higher number. */
export interface Term {
  name: string
  number: number
}

export interface Leadership {
  readonly term: Term
  /** Resolves when this lab leads at this moment; rejects when another took over or the database does not say. */
  confirm(): Promise<void>
  /** Gives the lock to the next. */
  stop(): Promise<void>
}

export interface LeadershipOptions {
  databaseUrl: string
  /** Labs of the same name exclude each other. */
  name: string
  /** The lock is lost: another lab may be at work, so this one has to end at once. */
  onLost(error: Error): void
  beatMs?: number
  /** After how long without a beat the lab at work is deposed. It ends itself long before, unless it stands still. */
  silentMs?: number
}

const beatMs = 3_000
const silentMs = 20_000
const pollMs = 500
/** An answer that came later says nothing about now: this process stood still in between. */
const freshMs = 3_000

const lockKey = "hashtextextended('taskmaster-lab ' || $1, 0)"

/** Resolves when the lock is ours, however long that takes; rejects when the database cannot be asked. */
export async function takeLeadership(options: LeadershipOptions): Promise<Leadership> {
  const client = new pg.Client({
    connectionString: options.databaseUrl,
    keepAlive: true,
    application_name: 'taskmaster-lab leadership',
  })
  let isStopping = false
  let isLeading = false
  let beat: NodeJS.Timeout | undefined
  const lost = (error: Error) => {
    clearInterval(beat)
    if (isStopping || !isLeading) return
    isStopping = true
    options.onLost(error)
  }
  client.on('error', lost)
  client.on('end', () => lost(new Error('the connection to the database ended')))
  await client.connect()
  await migrate(client)
  // PostgreSQL would hold the lock of a lab that the network has swallowed for hours: so it looks after half a minute.
  // By then such a lab has ended itself.
  await client.query(
    'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3; set tcp_user_timeout = 20000',
  )
  const term = await awaitTerm(client, options)
  isLeading = true

  let asked: Promise<void> = Promise.resolve()
  const ask = async (): Promise<void> => {
    const askedMs = Date.now()
    const beat = 'UPDATE leadership SET beat_at = now() WHERE name = $1 AND term = $2'
    const { rowCount } = await client.query(beat, [term.name, term.number])
    if (rowCount === 0) throw new Error('another lab has taken over')
    if (Date.now() - askedMs > freshMs) await ask()
  }
  // One question at a time: a connection answers no two at once.
  const confirm = () => {
    asked = asked.catch(() => {}).then(ask)
    return asked
  }
  const every = options.beatMs ?? beatMs
  let unanswered = 0
  beat = setInterval(() => {
    // A connection that is silent for two beats is as good as gone, long before TCP notices.
    if (unanswered >= 2) return lost(new Error(`the database did not answer for ${(every * unanswered) / 1000} s`))
    unanswered++
    confirm().then(() => {
      unanswered = 0
    }, lost)
  }, every)
  beat.unref()
  return {
    term,
    confirm,
    async stop() {
      isStopping = true
      clearInterval(beat)
      await client.end()
    },
  }
}

/** Waits for the lock, and begins a term. */
async function awaitTerm(client: pg.Client, options: LeadershipOptions): Promise<Term> {
  const { name } = options
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${lockKey}) AS taken`, [name])
    if (rows[0]?.taken) break
    await deposeSilent(client, name, options.silentMs ?? silentMs)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  // Waits for the writes of the term before, which hold the row until they are committed.
  const { rows } = await client.query<{ term: string }>(
    `INSERT INTO leadership (name, term, beat_at) VALUES ($1, 1, now())
     ON CONFLICT (name) DO UPDATE SET term = leadership.term + 1, beat_at = now() RETURNING term`,
    [name],
  )
  return { name, number: Number(rows[0]?.term) }
}

/** Ends the connection of a lab that holds the lock and stands still: a stopped process keeps it open for ever. */
async function deposeSilent(client: pg.Client, name: string, afterMs: number): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks, leadership
     WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) | objid::bigint = ${lockKey}
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND name = $1 AND beat_at < now() - $2 * interval '1 millisecond'`,
    [name, afterMs],
  )
}

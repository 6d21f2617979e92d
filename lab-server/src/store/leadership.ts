// Of several labs with one database only one works: the one that holds an advisory lock of PostgreSQL. The others
// wait, and the next takes over when its connection ends, be it by a crash.
import pg from 'pg'

export interface Leadership {
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
}

const beatMs = 3_000

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
  // PostgreSQL would hold the lock of a lab that the network has swallowed for hours: so it looks after half a minute.
  // By then such a lab has ended itself.
  await client.query(
    'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3; set tcp_user_timeout = 20000',
  )
  await client.query("select pg_advisory_lock(hashtextextended('taskmaster-lab ' || $1, 0))", [options.name])
  isLeading = true
  const every = options.beatMs ?? beatMs
  let unanswered = 0
  beat = setInterval(() => {
    // A connection that is silent for two beats is as good as gone, long before TCP notices.
    if (unanswered >= 2) return lost(new Error(`the database did not answer for ${(every * unanswered) / 1000} s`))
    unanswered++
    client.query('select 1').then(() => {
      unanswered = 0
    }, lost)
  }, every)
  beat.unref()
  return {
    async stop() {
      isStopping = true
      clearInterval(beat)
      await client.end()
    },
  }
}

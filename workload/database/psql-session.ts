// One connection of psql: statements in, printed results out.
import type { Socket } from 'node:net'
import pg from 'pg'
import { type Column, type Format, formatTable } from './psql-format.ts'

export interface SessionTarget {
  host: string
  port: string
  user: string
  database: string
  password: string | undefined
}

export interface PsqlOutput {
  out(text: string): void
  error(text: string): void
}

/** What failed while connecting, in libpq's words. */
export class ConnectFailure extends Error {}

export interface Session {
  readonly target: SessionTarget
  format: Format
  isQuiet: boolean
  /** `on` when the server lets this user do anything. */
  isSuperuser(): Promise<boolean>
  /** Runs one statement and prints what comes back; false when it failed. `place` precedes an error. */
  run(statement: string, place?: string): Promise<boolean>
  /** Runs a query of psql's own. */
  query(text: string): Promise<{ columns: Column[]; rows: (string | null)[][] }>
  end(): Promise<void>
}

const numericTypes = new Set([20, 21, 23, 26, 700, 701, 790, 1700])

/** Logs in over an open connection; rejects with ConnectFailure. */
export async function openSession(
  socket: Socket,
  target: SessionTarget,
  output: PsqlOutput,
  format: Format,
): Promise<Session> {
  const client = new pg.Client({
    user: target.user,
    database: target.database,
    password: target.password ?? '',
    stream: () => connected(socket),
    application_name: 'psql',
  })
  client.on('notice', (notice) => output.error(`${notice.severity ?? 'NOTICE'}:  ${notice.message}\n`))
  client.on('error', () => {}) // A lost connection shows at the next statement.
  const tags: string[] = []
  const protocol = (client as unknown as { connection: NodeJS.EventEmitter }).connection
  protocol.on('commandComplete', (message: { text: string }) => tags.push(message.text))
  try {
    await client.connect()
  } catch (error) {
    throw new ConnectFailure(loginProblem(error, target))
  }

  const send = async (text: string) => {
    tags.length = 0
    const answer = await client.query({
      text,
      rowMode: 'array',
      types: { getTypeParser: () => (value: string) => value },
    })
    return [answer].flat() as unknown as pg.QueryArrayResult<(string | null)[]>[]
  }
  const columnsOf = (result: pg.QueryArrayResult<(string | null)[]>): Column[] =>
    result.fields.map(({ name, dataTypeID }) => ({ name, isNumeric: numericTypes.has(dataTypeID) }))

  const session: Session = {
    target,
    format,
    isQuiet: false,
    async isSuperuser() {
      const [result] = await send("SELECT current_setting('is_superuser')")
      return result?.rows[0]?.[0] === 'on'
    },
    async run(statement, place = '') {
      try {
        const results = await send(statement)
        for (const [index, result] of results.entries()) {
          const tag = tags[index] ?? ''
          const hasRows = result.fields.length > 0
          if (hasRows) output.out(formatTable({ columns: columnsOf(result), rows: result.rows }, session.format))
          if (tag !== '' && !session.isQuiet && !(hasRows && /^(SELECT|SHOW|EXPLAIN|FETCH)/.test(tag)))
            output.out(`${tag}\n`)
        }
        return true
      } catch (error) {
        output.error(place + statementProblem(error, statement))
        return false
      }
    },
    async query(text) {
      const [result] = await send(text)
      return result ? { columns: columnsOf(result), rows: result.rows } : { columns: [], rows: [] }
    },
    async end() {
      await client.end().catch(() => {})
    },
  }
  return session
}

/** The driver wants to connect by itself; this socket already is. */
function connected(socket: Socket): Socket {
  const connect = () => {
    setImmediate(() => socket.emit('connect'))
    return socket
  }
  return Object.assign(socket, { connect })
}

/** `connection to server at … failed:`, or the socket's form of it. */
export function serverName({ host, port }: Pick<SessionTarget, 'host' | 'port'>, address?: string): string {
  if (host.startsWith('/')) return `connection to server on socket "${host}/.s.PGSQL.${port}" failed: `
  const shown = address && address !== host ? `"${host}" (${address})` : `"${host}"`
  return `connection to server at ${shown}, port ${port} failed: `
}

function loginProblem(error: unknown, target: SessionTarget): string {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof pg.DatabaseError) return `${serverName(target)}${error.severity ?? 'FATAL'}:  ${message}`
  if (message.includes('password must be')) return `${serverName(target)}fe_sendauth: no password supplied`
  return serverName(target) + message
}

function statementProblem(error: unknown, statement: string): string {
  if (!(error instanceof pg.DatabaseError)) {
    return 'server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.\n'
  }
  const { severity = 'ERROR', message, position, detail, hint } = error
  const text = [`${severity}:  ${message}`]
  if (position !== undefined) text.push(...pointer(statement, Number(position)))
  if (detail) text.push(`DETAIL:  ${detail}`)
  if (hint) text.push(`HINT:  ${hint}`)
  return `${text.join('\n')}\n`
}

/** The line of the mistake, and a caret below it. */
function pointer(statement: string, position: number): string[] {
  const before = statement.slice(0, position - 1)
  const number = before.split('\n').length
  const line = statement.split('\n')[number - 1] ?? ''
  const column = before.length - (before.lastIndexOf('\n') + 1)
  const label = `LINE ${number}: `
  return [label + line, `${' '.repeat(label.length + column)}^`]
}

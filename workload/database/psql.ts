// psql: the client that the database's image carries, for `kubectl exec`.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { ToolContext } from '../../lab-server/src/cluster/kubelet/container-runtime.ts'
import { openConnection, targetOf } from './connect-tool.ts'
import { defaultFormat, type Format } from './psql-format.ts'
import { runMeta } from './psql-meta.ts'
import { type PsqlOptions, readOptions, type Step } from './psql-options.ts'
import {
  ConnectFailure,
  openSession,
  type PsqlOutput,
  type Session,
  type SessionTarget,
  serverName,
} from './psql-session.ts'
import { splitSql } from './sql-statements.ts'

const exit = { failed: 1, noConnection: 2, scriptFailed: 3 }
const version = '15.18'

/** Runs psql; resolves with its exit code. */
export async function psql(context: ToolContext): Promise<number> {
  const output: PsqlOutput = {
    out: (text) => context.stdout.write(text),
    error: (text) => context.stderr.write(text),
  }
  let options: PsqlOptions
  try {
    options = readOptions(context.argv.slice(1))
  } catch (error) {
    output.error(
      `${error instanceof Error ? error.message : error}\npsql: hint: Try "psql --help" for more information.\n`,
    )
    return exit.failed
  }
  if (options.showVersion) {
    output.out(`psql (PostgreSQL) ${version}\n`)
    return 0
  }
  try {
    const session = await connect(context, targetFor(context, options), output, formatOf(options))
    session.isQuiet = options.quiet
    return await runSession({ context, options, output, session })
  } catch (error) {
    if (!(error instanceof ConnectFailure)) throw error
    output.error(`psql: error: ${error.message}\n`)
    return exit.noConnection
  }
}

interface Run {
  context: ToolContext
  options: PsqlOptions
  output: PsqlOutput
  session: Session
}

async function runSession(run: Run): Promise<number> {
  const { options, context } = run
  try {
    const steps: Step[] = options.list ? [{ kind: 'command', text: '\\l' }] : options.steps
    if (steps.length === 0) return await runInput(run)
    for (const step of steps) {
      const exitCode = step.kind === 'command' ? await runCommand(run, step.text) : await runFile(run, step.text)
      if (exitCode !== 0) return exitCode
    }
    return 0
  } finally {
    await run.session.end()
    context.stdin.pause()
  }
}

/** `-c`: one request, or one backslash command. */
async function runCommand(run: Run, text: string): Promise<number> {
  if (text.trimStart().startsWith('\\')) return (await runLine(run, text)) === 'failed' ? exit.failed : 0
  return (await run.session.run(text)) ? 0 : exit.failed
}

async function runFile(run: Run, path: string): Promise<number> {
  if (path === '-') return runInput(run)
  let text: string
  try {
    text = readFileSync(run.context.hostPath(path), 'utf8')
  } catch {
    run.output.error(`${path}: No such file or directory\n`)
    return exit.failed
  }
  const { statements, rest } = splitSql(text)
  const all =
    rest === '' ? statements : [...statements, { text: rest, line: text.slice(0, -rest.length).split('\n').length }]
  if (run.options.singleTransaction) await run.session.run('BEGIN')
  for (const statement of all) {
    const isDone = await run.session.run(statement.text, `psql:${path}:${statement.line}: `)
    if (!isDone && run.options.variables.ON_ERROR_STOP !== undefined) return exit.scriptFailed
  }
  if (run.options.singleTransaction) await run.session.run('COMMIT')
  return 0
}

/** Lines from the input, as they come: statements may span several. */
async function runInput(run: Run): Promise<number> {
  const { context, output, options } = run
  const isInteractive = 'isTTY' in context.stdin && context.stdin.isTTY === true
  if (isInteractive && !options.quiet) output.out(`psql (${version})\nType "help" for help.\n\n`)
  let pending = ''
  const prompt = async () => {
    if (!isInteractive) return
    const mark = (await run.session.isSuperuser().catch(() => false)) ? '#' : '>'
    output.out(`${run.session.target.database}${pending === '' ? '=' : '-'}${mark} `)
  }
  await prompt()
  for await (const line of createInterface({ input: context.stdin, terminal: false })) {
    const word = line.trim()
    if (pending === '' && ['quit', 'exit'].includes(word)) return 0
    if (word.startsWith('\\')) {
      if ((await runLine(run, word)) === 'quit') return 0
    } else {
      const { statements, rest } = splitSql(`${pending}${line}\n`)
      for (const { text } of statements) {
        const isDone = await run.session.run(text)
        if (!isDone && options.variables.ON_ERROR_STOP !== undefined) return exit.scriptFailed
      }
      pending = rest
    }
    await prompt()
  }
  if (isInteractive) output.out('\n')
  if (pending !== '') await run.session.run(pending)
  return 0
}

/** One backslash command; it may replace the session by one to another database. */
async function runLine(run: Run, line: string): Promise<'done' | 'failed' | 'quit'> {
  const result = await runMeta(run.session, line, run.output)
  if (result.kind !== 'connect') return result.kind
  const { target, format } = run.session
  try {
    const next = { ...target, database: result.database, user: result.user ?? target.user }
    const session = await connect(run.context, next, run.output, format)
    await run.session.end()
    run.session = session
    run.output.out(`You are now connected to database "${next.database}" as user "${next.user}".\n`)
    return 'done'
  } catch (error) {
    if (!(error instanceof ConnectFailure)) throw error
    run.output.error(`\\connect: ${error.message}\nPrevious connection kept\n`)
    return 'failed'
  }
}

function targetFor({ env }: ToolContext, options: PsqlOptions): SessionTarget {
  const user = options.user ?? env.PGUSER ?? 'root'
  return {
    ...targetOf(options, env),
    user,
    database: options.database ?? env.PGDATABASE ?? (options.list ? 'postgres' : user),
    password: options.variables.PASSWORD ?? env.PGPASSWORD,
  }
}

function formatOf(options: PsqlOptions): Format {
  const mode = options.csv ? 'csv' : options.unaligned ? 'unaligned' : 'aligned'
  return {
    ...defaultFormat,
    mode,
    isExpanded: options.expanded,
    tuplesOnly: options.tuplesOnly,
    separator: options.separator ?? defaultFormat.separator,
  }
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'Connection refused',
  ETIMEDOUT: 'Connection timed out',
  ENOENT: 'No such file or directory',
  EHOSTUNREACH: 'No route to host',
}

async function connect(
  context: ToolContext,
  target: SessionTarget,
  output: PsqlOutput,
  format: Format,
): Promise<Session> {
  try {
    const socket = await openConnection(target, context)
    return await openSession(socket, target, output, format)
  } catch (error) {
    if (error instanceof ConnectFailure) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOTFOUND') {
      throw new ConnectFailure(`could not translate host name "${target.host}" to address: Name does not resolve`)
    }
    const question = target.host.startsWith('/')
      ? '\tIs the server running locally and accepting connections on that socket?'
      : '\tIs the server running on that host and accepting TCP/IP connections?'
    throw new ConnectFailure(`${serverName(target)}${reasons[code] ?? String(error)}\n${question}`)
  }
}

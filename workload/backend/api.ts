// The endpoints of the architecture page: path and method to answer. Knows nothing of sockets.
import type { Config } from './config.ts'
import type { Database } from './database.ts'
import { isConnectionLoss } from './database-errors.ts'
import type { Log } from './log.ts'
import { BadRequest, readNewTask, readTaskChange } from './task-input.ts'
import { createTask, deleteTask, listTasks, updateTask } from './tasks.ts'

export interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

export interface Request {
  method: string
  path: string
  /** Reads and parses the body; throws BadRequest when it is not JSON. */
  readBody(): Promise<unknown>
}

export interface ApiContext {
  config: Config
  database: Database
  log: Log
}

type Endpoint = (context: ApiContext, request: Request, id: number) => Promise<Answer>

const health: Endpoint = async ({ database, log }) => {
  const timestamp = () => new Date().toISOString().slice(0, 19)
  try {
    await database.use((query) => query('SELECT 1'))
    return { status: 200, body: { database: 'connected', status: 'healthy', timestamp: timestamp() } }
  } catch (error) {
    const text = textOf(error)
    log.write('error', `health: ${text}\n`)
    return {
      status: 503,
      body: { database: 'disconnected', error: firstLine(text), status: 'unhealthy', timestamp: timestamp() },
    }
  }
}

const databaseStatus: Endpoint = async ({ config, database, log }) => {
  const { name, user, host } = config.database
  try {
    const [row] = await database.use((query) => query('SELECT current_database() AS name, current_user AS "user"'))
    return { status: 200, body: { connected: true, database: row?.name, user: row?.user, host } }
  } catch (error) {
    const text = textOf(error)
    log.write('error', `db-status: ${text}\n`)
    return { status: 503, body: { connected: false, database: name, user, host, error: firstLine(text) } }
  }
}

const list: Endpoint = async ({ database }) => {
  const tasks = await database.use(listTasks)
  return { status: 200, body: { tasks, count: tasks.length } }
}

const create: Endpoint = async ({ database }, request) => {
  const task = readNewTask(await request.readBody())
  return { status: 201, body: await database.use((query) => createTask(query, task)) }
}

const update: Endpoint = async ({ database }, request, id) => {
  const change = readTaskChange(await request.readBody())
  const isFound = await database.use((query) => updateTask(query, id, change))
  return isFound ? { status: 200, body: { message: 'Task updated successfully' } } : taskNotFound
}

const remove: Endpoint = async ({ database }, _request, id) => {
  const isFound = await database.use((query) => deleteTask(query, id))
  return isFound ? { status: 200, body: { message: 'Task deleted successfully' } } : taskNotFound
}

const taskNotFound: Answer = { status: 404, body: { error: 'Task not found' } }

const routes: { path: RegExp; methods: Record<string, Endpoint> }[] = [
  { path: /^\/api\/health$/, methods: { GET: health } },
  { path: /^\/api\/db-status$/, methods: { GET: databaseStatus } },
  { path: /^\/api\/tasks$/, methods: { GET: list, POST: create } },
  { path: /^\/api\/tasks\/(\d{1,19})$/, methods: { PUT: update, DELETE: remove } },
]

/** Answers one request; whatever fails becomes a JSON error and, where it is ours, a log line. */
export async function answer(context: ApiContext, request: Request): Promise<Answer> {
  const route = routes.find(({ path }) => path.test(request.path))
  if (!route) return { status: 404, body: { error: `Not found: ${request.path}` } }
  const allow = Object.keys(route.methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  if (request.method === 'OPTIONS') return { status: 200, body: undefined, headers: { allow: allow.join(', ') } }
  const endpoint = route.methods[request.method === 'HEAD' ? 'GET' : request.method]
  if (!endpoint) return { status: 405, body: { error: 'Method not allowed' }, headers: { allow: allow.join(', ') } }

  const id = Number(route.path.exec(request.path)?.[1] ?? 0)
  if (id > 2_147_483_647) return taskNotFound
  try {
    return await endpoint(context, request, id)
  } catch (error) {
    return failure(context, request, error)
  }
}

function failure({ config, log }: ApiContext, request: Request, error: unknown): Answer {
  if (error instanceof BadRequest) return { status: error.status, body: { error: error.message } }
  const text = textOf(error)
  log.write('error', `${request.method} ${request.path}: ${text}\n`)
  const detail = config.development ? { detail: text } : {}
  if (isConnectionLoss(error)) return { status: 503, body: { error: 'Database unavailable', ...detail } }
  return { status: 500, body: { error: 'Internal server error', ...detail } }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

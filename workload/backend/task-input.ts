// Checks what a client sent before it reaches the database.

/** The request is at fault: `message` goes into the answer. */
export class BadRequest extends Error {
  readonly status: number
  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}

export interface TaskInput {
  title?: string
  description?: string | null
  status?: string
}

const statuses = ['pending', 'in_progress', 'completed']

/** Reads the fields of a task from a parsed body; unknown fields are ignored. */
export function readTask(body: unknown): TaskInput {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new BadRequest('Request body must be a JSON object')
  }
  const fields: Record<string, unknown> = { ...body }
  const task: TaskInput = {}
  if (fields.title !== undefined) task.title = readTitle(fields.title)
  if (fields.description !== undefined) task.description = readDescription(fields.description)
  if (fields.status !== undefined) task.status = readStatus(fields.status)
  return task
}

/** Reads a task that is to be created: it needs a title. */
export function readNewTask(body: unknown): TaskInput & { title: string } {
  const task = readTask(body)
  if (task.title === undefined) throw new BadRequest('Title is required')
  return { ...task, title: task.title }
}

/** Reads a change to a task: it needs something to change. */
export function readTaskChange(body: unknown): TaskInput {
  const change = readTask(body)
  if (Object.keys(change).length === 0) throw new BadRequest('Nothing to update: send title, description or status')
  return change
}

function readTitle(value: unknown): string {
  if (typeof value !== 'string') throw new BadRequest('Title must be a string')
  const title = value.trim()
  if (title === '') throw new BadRequest('Title is required')
  if ([...title].length > 255) throw new BadRequest('Title must be at most 255 characters')
  return checkText('Title', title)
}

function readDescription(value: unknown): string | null {
  if (value === null) return null
  if (typeof value !== 'string') throw new BadRequest('Description must be a string')
  return checkText('Description', value)
}

function readStatus(value: unknown): string {
  if (typeof value === 'string' && statuses.includes(value)) return value
  throw new BadRequest(`Status must be one of: ${statuses.join(', ')}`)
}

/** PostgreSQL stores no NUL in text; say so here, where the client can still be told. */
function checkText(field: string, text: string): string {
  if (text.includes('\0')) throw new BadRequest(`${field} must not contain NUL characters`)
  return text
}

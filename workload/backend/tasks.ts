// The table of tasks, in SQL. Times leave as the column stores them: without a zone.
import type { Query } from './database.ts'
import type { TaskInput } from './task-input.ts'

const time = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS') AS ${column}`
const created = `id, title, description, status, ${time('created_at')}`

/** All tasks, oldest first. */
export function listTasks(query: Query) {
  return query(`SELECT ${created}, ${time('updated_at')} FROM tasks ORDER BY tasks.created_at, id`)
}

/** Stores a task and returns it as the database sees it. */
export async function createTask(query: Query, task: TaskInput & { title: string }) {
  const values = [task.title, task.description ?? '', task.status ?? 'pending']
  const [row] = await query(
    `INSERT INTO tasks (title, description, status) VALUES ($1, $2, $3) RETURNING ${created}`,
    values,
  )
  return row
}

/** Changes the given fields; false when there is no such task. */
export async function updateTask(query: Query, id: number, change: TaskInput): Promise<boolean> {
  const columns = Object.entries(change)
  const assignments = columns.map(([column], index) => `${column} = $${index + 2}`)
  const rows = await query(
    `UPDATE tasks SET ${assignments.join(', ')}, updated_at = CURRENT_TIMESTAMP WHERE id = $1 RETURNING id`,
    [id, ...columns.map(([, value]) => value)],
  )
  return rows.length > 0
}

/** Deletes a task; false when there is no such task. */
export async function deleteTask(query: Query, id: number): Promise<boolean> {
  return (await query('DELETE FROM tasks WHERE id = $1 RETURNING id', [id])).length > 0
}

import { statusText } from '../application/health.ts'
import type { AppAnswer, NoAnswer } from '../application/users-path.ts'
import type { ApiCycleCheck } from '../scenarios/scenario.ts'
import type { TaskRow } from '../world/baseline.ts'
import { failed, type Outcome, passed, type Subject, unknown } from './subject.ts'

/** The title of tasks that the lab writes and removes. */
export const probeTitle = 'Lab check: safe to ignore'

/** Creates, lists, updates and deletes a task, as users do. Leaves nothing behind where it can. */
export async function checkApiCycle(check: ApiCycleCheck, subject: Subject): Promise<Outcome> {
  const path = check.path ?? '/api/tasks'
  const expected = `a task can be created, listed, updated and deleted at ${path}`
  const step = (what: string, answer: AppAnswer | NoAnswer): Outcome | undefined => {
    if (answer.status === null) {
      return (answer.isOurs ? unknown : failed)(expected, `${what}: no answer, ${answer.detail}`)
    }
    if (answer.status >= 300) return failed(expected, `${what}: ${statusText(answer.status)}`)
    if (typeof answer.json !== 'object' || answer.json === null)
      return failed(expected, `${what}: the answer is not JSON`)
    return undefined
  }

  const created = await subject.send({
    method: 'POST',
    path,
    body: { title: probeTitle, description: '', status: 'pending' },
  })
  const refusedCreate = step('create', created)
  if (refusedCreate) return refusedCreate
  const task = (created as AppAnswer).json as TaskRow
  if (typeof task.id !== 'number') return failed(expected, 'create: the answer has no id')
  const own = `${path}/${task.id}`

  const updated = await subject.send({ method: 'PUT', path: own, body: { status: 'completed' } })
  const listed = await subject.send({ path })
  const removed = await subject.send({ method: 'DELETE', path: own })
  const refused = step('update', updated) ?? step('list', listed) ?? step('delete', removed)
  if (refused) return refused
  const found = tasksOf(listed).find((item) => item.id === task.id)
  if (!found) return failed(expected, 'list: the created task is not in it')
  if (found.status !== 'completed') return failed(expected, 'update: the change was not kept')
  return passed(expected, 'created, listed, updated and deleted a task')
}

/** The tasks in an answer of the list; none when it is not one. */
export function tasksOf(answer: AppAnswer | NoAnswer): TaskRow[] {
  if (answer.status === null) return []
  const { tasks } = (answer.json ?? {}) as { tasks?: unknown }
  return Array.isArray(tasks) ? (tasks as TaskRow[]) : []
}

// pstree: who started whom.
import type { Task, Tool } from '../task.ts'
import { parseOptions } from './options.ts'

/** The processes of the container as a tree, those with the same name side by side. */
export const pstree: Tool = async (task: Task) => {
  const { has } = parseOptions(task.argv, 'p')
  const all = await task.system.processes()
  const nameOf = (pid: number) =>
    all
      .find((one) => one.pid === pid)
      ?.command.split(' ')[0]
      ?.split('/')
      .at(-1) ?? ''
  const lines = (pid: number): string[] => {
    const label = `${nameOf(pid)}${has.has('p') ? `(${pid})` : ''}`
    const children = all.filter((one) => one.parent === pid && one.pid !== pid).map((one) => lines(one.pid))
    if (children.length === 0) return [label]
    const rows = children.flatMap((child, index) => {
      const isLast = index === children.length - 1
      const mark = children.length === 1 ? '---' : index === 0 ? '-+-' : isLast ? ' `-' : ' |-'
      const rest = isLast || children.length === 1 ? '   ' : ' | '
      return child.map((line, row) => `${row === 0 ? mark : rest}${line}`)
    })
    return rows.map((row, index) => `${index === 0 ? label : ' '.repeat(label.length)}${row}`)
  }
  const pids = new Set(all.map(({ pid }) => pid))
  const roots = all.filter(({ parent }) => !pids.has(parent))
  await task.stdout.write(`${roots.flatMap(({ pid }) => lines(pid)).join('\n')}\n`)
  return 0
}

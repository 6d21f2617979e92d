import { posix } from 'node:path'
import type { Task, Tool } from '../task.ts'
import { explain } from './explain.ts'
import { humanSize } from './ls.ts'
import { parseOptions } from './options.ts'

/** `du [-ashkmcd N] [files]`: what files take, in blocks of 4 kilobytes. */
export const du: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'ashkmcLHxld:', { 'max-depth': 'd', summarize: 's' })
  const deepest = has.has('s') ? 0 : Number(value.get('d') ?? Number.POSITIVE_INFINITY)
  const show = (kilobytes: number) =>
    has.has('h') ? humanSize(kilobytes * 1024) : String(has.has('m') ? Math.ceil(kilobytes / 1024) : kilobytes)
  let status = 0
  let total = 0
  for (const name of operands.length > 0 ? operands : ['.']) {
    try {
      total += await measure(task, name, 0, (path, kilobytes, depth, isFolder) =>
        depth <= deepest && (isFolder || has.has('a') || depth === 0)
          ? task.stdout.write(`${show(kilobytes)}\t${path}\n`)
          : Promise.resolve(),
      )
    } catch (error) {
      await task.stderr.write(`du: ${name}: ${explain(error)}\n`)
      status = 1
    }
  }
  if (has.has('c')) await task.stdout.write(`${show(total)}\ttotal\n`)
  return status
}

type Report = (path: string, kilobytes: number, depth: number, isFolder: boolean) => Promise<void>

async function measure(task: Task, name: string, depth: number, report: Report): Promise<number> {
  const { fs } = task.system
  const path = posix.resolve(task.cwd, name)
  const stat = await fs.lstat(path)
  let kilobytes = stat.isDirectory ? 4 : Math.ceil(stat.size / 4096) * 4
  if (stat.isDirectory) {
    for (const child of await fs.readdir(path))
      kilobytes += await measure(task, posix.join(name, child), depth + 1, report)
  }
  await report(name, kilobytes, depth, stat.isDirectory)
  return kilobytes
}

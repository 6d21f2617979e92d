// Finds what a command name means in the container: a tool, a program of the image, or a script.
import { posix } from 'node:path'
import type { StartProblem } from '../protocol.ts'
import type { System, Tool } from '../task.ts'
import { findTool } from '../tools/index.ts'

/** What stands behind a name. */
export type Executable =
  | { kind: 'tool'; tool: Tool }
  | { kind: 'program'; path: string }
  /** `interpreter` is the command line of the `#!` line. */
  | { kind: 'script'; path: string; interpreter: string[] }
  | { kind: 'problem'; problem: StartProblem }

/** Looks a command up as `execvp` does. */
export async function findExecutable(
  system: System,
  name: string,
  searchPath: string,
  cwd: string,
): Promise<Executable> {
  if (name === '') return { kind: 'problem', problem: 'not-in-path' }
  if (name.includes('/')) return examine(system, posix.resolve(cwd, name), name)

  let problem: StartProblem = 'not-in-path'
  for (const folder of searchPath.split(':')) {
    const found = await examine(system, posix.resolve(cwd, folder || '.', name), name)
    if (found.kind !== 'problem') return found
    if (found.problem === 'not-permitted') problem = found.problem
  }
  const extra = system.extraTools.get(name)
  return extra ? { kind: 'tool', tool: extra } : { kind: 'problem', problem }
}

async function examine(system: System, path: string, name: string): Promise<Executable> {
  const { fs, container } = system
  const real = await fs.realpath(path).catch(() => undefined)
  const extra = system.extraTools.get(posix.basename(path))
  if (real === undefined) {
    const isToolPath = extra && /^\/(?:usr\/)?(?:local\/)?s?bin\//.test(path)
    return isToolPath ? { kind: 'tool', tool: extra } : { kind: 'problem', problem: 'no-such-file' }
  }
  if (container.programs.includes(real)) return { kind: 'program', path: real }
  if (posix.basename(real) === 'busybox') {
    const tool = findTool(posix.basename(path))
    return tool ? { kind: 'tool', tool } : { kind: 'problem', problem: 'no-such-file' }
  }

  const stat = await fs.stat(real)
  if (stat.isDirectory) return { kind: 'problem', problem: name.includes('/') ? 'not-permitted' : 'no-such-file' }
  if ((stat.mode & 0o111) === 0) return { kind: 'problem', problem: 'not-permitted' }
  const firstLine = (await fs.readFileBuffer(real)).toString().split('\n', 1)[0] ?? ''
  const interpreter = firstLine.startsWith('#!') ? firstLine.slice(2).trim().split(/\s+/) : ['/bin/sh']
  return { kind: 'script', path, interpreter }
}

/** Where a command stands, for `which` and `command -v`. */
export async function findCommandPath(
  system: System,
  name: string,
  searchPath: string,
  cwd: string,
): Promise<string | undefined> {
  const folders = name.includes('/') ? [''] : searchPath.split(':')
  for (const folder of folders) {
    const path = posix.resolve(cwd, folder, name)
    if ((await examine(system, path, name)).kind !== 'problem') return name.includes('/') ? name : path
  }
  return system.extraTools.has(name) ? `/usr/bin/${name}` : undefined
}

import { posix } from 'node:path'
import { builtins } from '../shell/builtins.ts'
import type { Shell } from '../shell/shell.ts'
import { lookUp } from '../shell/state.ts'

export interface Completion {
  /** Where the word begins that the candidates replace. */
  from: number
  candidates: string[]
}

/** Finds what the word before the cursor may become: a command at the start, else a variable or a file. */
export async function findCompletions(shell: Shell, text: string, cursor: number): Promise<Completion> {
  const before = text.slice(0, cursor)
  const word = /[^\s;|&<>"'=]*$/.exec(before)?.[0] ?? ''
  const from = cursor - word.length
  if (word.startsWith('$')) {
    const names = [...shell.state.variables.keys()].filter((name) => name.startsWith(word.slice(1)))
    return { from, candidates: names.map((name) => `$${name}`).sort() }
  }
  const isCommand = /(?:^|[;|&]|\b(?:do|then|else)\s)\s*$/.test(before.slice(0, before.length - word.length))
  if (isCommand && !word.includes('/')) return { from, candidates: await commandNames(shell, word) }
  return { from, candidates: await fileNames(shell, word) }
}

async function commandNames({ state, system }: Shell, start: string): Promise<string[]> {
  const names = new Set([
    ...builtins.keys(),
    ...state.functions.keys(),
    ...state.aliases.keys(),
    ...system.extraTools.keys(),
  ])
  for (const folder of (lookUp(state, 'PATH') ?? '').split(':')) {
    for (const name of await system.fs.readdir(folder).catch(() => [])) names.add(name)
  }
  return [...names].filter((name) => name.startsWith(start) && start !== '').sort()
}

async function fileNames({ state, system }: Shell, word: string): Promise<string[]> {
  const slash = word.lastIndexOf('/')
  const folder = word.slice(0, slash + 1)
  const start = word.slice(slash + 1)
  const home = lookUp(state, 'HOME') ?? '/'
  const path = posix.resolve(state.cwd, folder.replace(/^~(?=\/)/, home) || '.')
  const names = await system.fs.readdir(path).catch(() => [])
  const matching = names.filter((name) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
  const found: string[] = []
  for (const name of matching) {
    const stat = await system.fs.stat(posix.join(path, name)).catch(() => undefined)
    found.push(`${folder}${name}${stat?.isDirectory ? '/' : ''}`)
  }
  return found.sort()
}

/** What all candidates begin with. */
export function commonStart(candidates: readonly string[]): string {
  const [first = '', ...rest] = candidates
  let length = first.length
  for (const one of rest) {
    while (!one.startsWith(first.slice(0, length))) length -= 1
  }
  return first.slice(0, length)
}

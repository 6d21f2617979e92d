import { posix } from 'node:path'
import type { JailFs } from '../fs/jail-fs.ts'
import { hasWildcard, matchesPattern, unquotePattern } from './pattern.ts'

/** The paths that a pattern matches, sorted; none when nothing does. */
export async function expandGlob(pattern: string, cwd: string, fs: JailFs): Promise<string[]> {
  const isAbsolute = pattern.startsWith('/')
  let found = [isAbsolute ? '/' : '']
  const parts = pattern
    .split('/')
    .filter((part, index) => part !== '' || (index > 0 && index === pattern.split('/').length - 1))
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    const next: string[] = []
    for (const base of found) next.push(...(await matchPart(base, part, isLast, cwd, fs)))
    found = next
  }
  return found.filter((path) => path !== '')
}

async function matchPart(base: string, part: string, isLast: boolean, cwd: string, fs: JailFs): Promise<string[]> {
  const join = (name: string) => (base === '' ? name : base.endsWith('/') ? `${base}${name}` : `${base}/${name}`)
  const absolute = (path: string) => posix.resolve(cwd, path || '.')
  if (part === '') return [`${base}/`]
  if (!hasWildcard(part)) {
    const path = join(unquotePattern(part))
    return (await fs.exists(absolute(path))) ? [path] : []
  }
  const names = await fs.readdir(absolute(base)).catch(() => [])
  const matching = names.filter(
    (name) => (name.startsWith('.') ? part.startsWith('.') : true) && matchesPattern(part, name),
  )
  if (isLast) return matching.map(join)
  const folders: string[] = []
  for (const name of matching) {
    const stat = await fs.stat(absolute(join(name))).catch(() => undefined)
    if (stat?.isDirectory) folders.push(join(name))
  }
  return folders
}

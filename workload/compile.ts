// Containers run plain JavaScript: stripping types in each of them would cost 10 MB and 50 ms a pod. So the
// folder of a tier is stripped once per server, into a folder that unprivileged processes can read.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

let root: string | undefined
const compiled = new Map<string, string>()

/** Returns the folder with the JavaScript of `tier`; made at the first call, removed when the server exits. */
export function compileTier(tier: 'backend' | 'database' | 'frontend'): string {
  const known = compiled.get(tier)
  if (known) return known
  const folder = join(makeRoot(), tier)
  mkdirSync(folder)
  const sources = join(import.meta.dirname, tier)
  for (const name of readdirSync(sources)) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue
    const code = strip(readFileSync(join(sources, name), 'utf8'))
    writeFileSync(join(folder, name.replace(/ts$/, 'js')), code.replaceAll(/(['"]\.\/[\w-]+)\.ts(['"])/g, '$1.js$2'))
  }
  compiled.set(tier, folder)
  return folder
}

/** The folder for what this process makes for its containers; readable by everyone, writable by its owner. */
export function makeRoot(): string {
  if (root) return root
  const folder = mkdtempSync(join(tmpdir(), 'taskmaster-workload-'))
  chmodSync(folder, 0o755)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n')
  const driver = createRequire(import.meta.url).resolve('pg/package.json')
  symlinkSync(dirname(dirname(driver)), join(folder, 'node_modules'))
  root = folder
  return folder
}

/** Node calls this function experimental, once, on stderr; that is nothing an operator needs to read. */
function strip(source: string): string {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(source)
  } finally {
    process.emitWarning = emitWarning
  }
}

// Containers run plain JavaScript: stripping types in each of them would cost 10 MB and 50 ms a pod. So the
// folder of a tier is stripped once per server, into a folder that unprivileged processes can read.
import {
  chmodSync,
  lstatSync,
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

const prefix = 'taskmaster-workload-'
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
  removeStale()
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  chmodSync(folder, 0o755)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n')
  const driver = createRequire(import.meta.url).resolve('pg/package.json')
  symlinkSync(dirname(dirname(driver)), join(folder, 'node_modules'))
  root = folder
  return folder
}

/** A server that was killed could not remove its folder; its process id is in the name. */
function removeStale(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : Number.NaN
    const path = join(tmpdir(), name)
    if (!(pid > 0) || isAlive(pid) || lstatSync(path, { throwIfNoEntry: false })?.uid !== process.getuid?.()) continue
    rmSync(path, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
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
